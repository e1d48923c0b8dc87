"""Looks on where the form of a file is wrong: what is wrong is set aside, and the rest is checked all the same.

So the faults of a file come in one round. What was set aside, and what hangs on it, is told of no second time.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from pydantic import ValidationError

from tongxin.heart.agreements import check_limits, check_sense, check_words, limits
from tongxin.heart.agreements.check_words import Loc, Wrong
from tongxin.heart.agreements.known import Known, Standing
from tongxin.heart.agreements.language import FROM_A_FILE, InstrumentFile
from tongxin.shared.reading import Source, written_at

ROUNDS = 8  # what one round sets aside may show what else is wrong
WORDS = {"zh": "…", "en": "…"}
LENGTH = {"within": "PT1H"}
DESK = {"role": "coordination_office", "of": "each_party"}
NOWHERE = "nowhere"
# What stands in for a key that is missing or cannot be read; nothing that is told hangs on it.
INSTEAD: Mapping[str, Any] = {
    "agreement": NOWHERE,
    "version": 2,  # the second may switch
    "field": "planning",
    "title": WORDS,
    "text": WORDS,
    "what": WORDS,
    "purpose": WORDS,
    "known_from": WORDS,
    "zh": "…",
    "en": "…",
    "parties": [NOWHERE],
    "in_force": {"from": limits.FIRST_DAY},
    "from": limits.FIRST_DAY,
    "provenance": {"known_from": WORDS, "terms": "published", "source": "…"},
    "terms": "published",
    "notice": "P1D",
    "when": {"event": NOWHERE},
    "event": NOWHERE,
    "to": DESK,
    "payee": DESK,
    "payer": DESK,
    "role": NOWHERE,
    "of": "each_party",
    "due": LENGTH,
    "answer": LENGTH,
    "state": LENGTH,
    "check": LENGTH,
    "pay": LENGTH,
    "within": "PT1H",
    "after": "PT1H",
    "before": NOWHERE,
    "milestone": NOWHERE,
    "on": limits.FIRST_DAY,
    "every": "P1M",
    "bind": 0.5,
    "release": 0.1,
    "fields": [NOWHERE],
    "must_carry": [NOWHERE],
    "procedures": [NOWHERE],
    "refuse_reasons": {NOWHERE: WORDS},
    "measure": NOWHERE,
}
UNREAD: Mapping[str, Any] = {
    "kind": "deliver",
    "title": WORDS,
    "text": WORDS,
    "what": WORDS,
    "from": DESK,
    "to": DESK,
    "due": {"on": limits.FIRST_DAY},
}


@dataclass(frozen=True)
class Rest:
    """What can be looked at of a file: a model of its sound parts, and the places where something stands in."""

    model: InstrumentFile
    aside: frozenset[Loc]

    def clauses_aside(self) -> set[int]:
        """Return the numbers of the clauses in which something was set aside."""
        return {at[1] for at in self.aside if at[0] == "clauses" and len(at) > 1 and isinstance(at[1], int)}

    def standing(self, source: Source) -> Iterator[tuple[str, Standing]]:
        """Yield its clauses by key, as others may yield to them."""
        for i, clause in enumerate(self.model.clauses):
            key = f"{self.model.agreement}/{clause.id}"
            yield key, Standing(key, self.model.parties, clause, source.file, source.line(("clauses", i)))


def rest_of(source: Source) -> Rest | None:
    """Return what can be looked at of a file whose form is wrong, or None when that is nothing."""
    content, aside = copy.deepcopy(source.content), set[Loc]()
    for turn in range(ROUNDS):
        try:
            model = InstrumentFile.model_validate(content, context=FROM_A_FILE)
        except ValidationError as error:
            for each in error.errors(include_url=False):
                aside.add(_set_aside(content, each, last=turn >= ROUNDS - 2))
        else:
            return Rest(model, frozenset(aside))
    return None


def further(source: Source, rest: Rest, known: Known) -> Iterator[Wrong]:
    """Yield what else is wrong with a file whose form is: unknown words everywhere, sense where nothing stands in."""
    model, own = rest.model, dict(rest.standing(source))
    others = {k: s for k, s in known.register.items() if k.partition("/")[0] != model.agreement}
    around = replace(known, register={**others, **own})
    part = rest.clauses_aside()
    doubtful = {f"{model.agreement}/{model.clauses[n].id}" for n in part if n < len(model.clauses)}
    header = any(at[0] not in {"clauses", "bars"} or len(at) == 1 for at in rest.aside)
    for wrong in chain(check_words.unknown(model, around), check_limits.beyond(model)):
        if not _hangs_on(wrong[0], rest.aside) and not _yields_to(source, wrong[0], doubtful):
            yield wrong
    for wrong in check_sense.senseless(model, around):
        at = wrong[0]
        if at[0] == "clauses" and len(at) > 1:
            sound = at[1] not in part
        else:
            sound = at[0] == "bars" or not (header or part)
        if sound and not _hangs_on(at, rest.aside) and not _yields_to(source, at, doubtful):
            yield wrong


def _set_aside(content: Any, error: Any, *, last: bool) -> Loc:
    """Take out what pydantic found wrong, or let something stand in for it; return the place.

    In the last rounds a whole clause gives way.
    """
    at: Loc = written_at(error["loc"], InstrumentFile)
    whole = len(at) > 1 and at[0] == "clauses" and isinstance(at[1], int)
    if whole and (last or len(at) == 2 or error["type"].startswith("union_tag")):
        within_due = len(at) > 2 and not last
        if not within_due:
            written = _below(content, at[:2])
            said = written.get("id") if isinstance(written, dict) else None
            named = said if isinstance(said, str) and len(said) <= 60 and not last else f"unread-{at[1]}"
            content["clauses"][at[1]] = {**UNREAD, "id": named}
            return at[:2]
    above, key = _below(content, at[:-1]), at[-1]
    if isinstance(above, dict):
        if error["type"] == "missing" or (key in INSTEAD and key not in above):
            above[key] = _instead(at)
        else:
            above.pop(key, None)
    elif isinstance(above, list) and isinstance(key, int) and key < len(above):
        above[key] = NOWHERE if not isinstance(above[key], str) or above[key] != NOWHERE else WORDS
    return at


def _instead(at: Loc) -> Any:
    """Return what stands in for a key: a desk's `from` is another than a day's."""
    key = str(at[-1])
    if key == "from" and at[0] == "clauses":
        return dict(DESK)
    if key == "id":
        return f"unread-{at[1]}" if len(at) > 1 else NOWHERE
    return copy.deepcopy(INSTEAD.get(key, NOWHERE))


def _below(content: Any, at: Loc) -> Any:
    for step in at:
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


def _hangs_on(at: Loc, aside: frozenset[Loc]) -> bool:
    """Whether a place is one where something stands in, lies in one, or stands beside an `of` that does."""
    if any((*at[:n], "of") in aside for n in range(1, len(at))):
        return True
    return any(at[:n] in aside for n in range(1, len(at) + 1))


def _yields_to(source: Source, at: Loc, keys: set[str]) -> bool:
    """Whether a place names one of these clauses as the one that goes before."""
    return "yields_to" in at and _below(source.content, at) in keys
