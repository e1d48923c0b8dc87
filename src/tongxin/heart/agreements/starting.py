"""Texts that a writer begins with: a whole instrument, one clause of each kind, the next version of one that stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from string import Template

from django.conf import settings

from tongxin.heart.agreements import drafts, vocabulary
from tongxin.heart.agreements.known import Known
from tongxin.heart.agreements.language import KINDS
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.events import vocabulary as events
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

FOLDER = Path(__file__).parent / "starters"
OWN_EVENTS = "agreements."  # told by the calendar: no clause writes them
PREFERRED_ROLE = "ecology_bureau"


def instrument(reader: Acting, known: Known, *, kind: str = "agreement") -> str:
    """Return a whole text to begin with: the reader's party, one more, one clause."""
    one, two = parties_of(reader, known)
    day = clock.beijing(clock.now()).date()
    head = _filled(
        "law" if kind == "law" else "instrument",
        {
            "agreement": f"{one}-{day:%Y%m%d}"[:60],
            "kind": kind if kind in {"agreement", "plan", "decision"} else "agreement",
            "version": "1",
            "field": _field(known),
            "parties": one if kind == "law" else f"{one}, {two}",
            "day": (day + timedelta(days=30)).isoformat(),
            "terms": "published" if settings.MODE == "run" else "illustrative",
        },
    )
    return head + clause("notify", known, parties=(one, two))


def clause(kind: str, known: Known, *, parties: tuple[str, str], there: Iterable[str] = ()) -> str:
    """Return one clause of a kind, indented as in a file; its id is none of those that are there."""
    if kind not in KINDS:
        raise KeyError(kind)
    event = next((name for name in sorted(known.events) if not name.startswith(OWN_EVENTS)), "")
    role = PREFERRED_ROLE if PREFERRED_ROLE in known.roles else min(known.roles, default="")
    day = clock.beijing(clock.now()).date()
    return _filled(
        kind,
        {
            "id": _fresh(kind, set(there)),
            "event": event,
            "role": role,
            "carried": _first(vocabulary.fields()),
            "shared": _first(vocabulary.shareable()),
            "procedure": _first(sorted(known.procedures)),
            "party_one": parties[0],
            "party_two": parties[1],
            "later": (day + timedelta(days=365)).isoformat(),
        },
    )


def parties_of(reader: Acting, known: Known) -> tuple[str, str]:
    """Return the reader's own party and another one to begin with."""
    own = reader.desk.partition("/")[0]
    members = [m for group in known.groups.values() if own in group for m in group if m != own]
    others = [p for p in known.places if p != own]
    return own, (members or others or [own])[0]


def next_version(row: InstrumentVersion) -> str:
    """Return the text of a version with the number that its next version has."""
    number = drafts.next_number(row.instrument_id)
    lines = row.source_text.split("\n")
    at = next((n for n, line in enumerate(lines) if line.startswith("version:")), None)
    if at is None:
        after = next((n for n, line in enumerate(lines) if line.startswith("agreement:")), 0)
        lines.insert(after + 1, f"version: {number}")
    else:
        lines[at] = f"version: {number}"
    return "\n".join(lines)


def _filled(name: str, words: dict[str, str]) -> str:
    return Template((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")).substitute(words)


def _field(known: Known) -> str:
    event = next((name for name in sorted(known.events) if not name.startswith(OWN_EVENTS)), "")
    return event.partition(".")[0] if event in events.names() else "planning"


def _first(words: Iterable[str]) -> str:
    return next(iter(words), "")


def _fresh(kind: str, there: set[str]) -> str:
    if kind not in there:
        return kind
    return next(f"{kind}-{n}" for n in range(2, 1000) if f"{kind}-{n}" not in there)
