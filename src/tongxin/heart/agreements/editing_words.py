"""The words of the form beside a text: a label for each key, words for each code that may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import editing, readings, vocabulary, wording
from tongxin.heart.agreements.editing import Item, Part
from tongxin.heart.agreements.known import Known
from tongxin.heart.events import vocabulary as events
from tongxin.shared.named import pick

TICKED_MOST = 60  # words that are still ticked in a list of boxes

LABELS: dict[str, Any] = {
    "agreement": _("Name of the instrument"),
    "kind": _("Kind"),
    "version": _("Version"),
    "field": _("Field"),
    "title": _("Title"),
    "zh": _("Chinese"),
    "en": _("English"),
    "parties": _("Parties"),
    "in_force": _("In force"),
    "from": _("From"),
    "until": _("Until before"),
    "known": _("How exactly the day is known"),
    "provenance": _("Where it comes from"),
    "known_from": _("Known from"),
    "terms": _("Terms"),
    "source": _("Source"),
    "transition": _("What is running"),
    "leaving": _("Leaving"),
    "notice": _("Notice"),
    "id": _("Name of the clause"),
    "text": _("Text"),
    "when": _("When"),
    "event": _("Event"),
    "reach": _("Only where"),
    "role": _("Office role"),
    "of": _("Of whom"),
    "to": _("To whom"),
    "due": _("Due"),
    "within": _("Time limit"),
    "starts": _("Counted from"),
    "clock": _("How time is counted"),
    "calendar_of": _("Calendar of"),
    "on": _("On the day"),
    "every": _("Returns"),
    "before": _("Before"),
    "minus": _("Earlier by"),
    "milestone": _("After the milestone"),
    "must_carry": _("Required content"),
    "receipt": _("Receipt"),
    "undo": _("Stand-down"),
    "likely": _("Probability"),
    "bind": _("Binds from"),
    "release": _("Lets go below"),
    "needed": _("Needed by the receiver"),
    "only_after": _("Only after the event"),
    "if_late": _("If late"),
    "after": _("Each step after"),
    "up_to": _("Up to"),
    "reaction": _("Time to react"),
    "yields_to": _("Yields to"),
    "answer": _("Answer"),
    "on_silence": _("If nobody answers"),
    "procedures": _("Items"),
    "progress": _("Progress"),
    "review_by": _("Reviewed by"),
    "what": _("What"),
    "fields": _("Data"),
    "purpose": _("Purpose"),
    "on_end": _("At the end"),
    "payee": _("Payee"),
    "payer": _("Payer"),
    "state": _("State the account"),
    "check": _("Check it"),
    "pay": _("Pay"),
    "hours": _("Hours"),
}

CODES: dict[str, Any] = {
    "keep": _("keeps the version it began with"),
    "switch": _("goes over to this version"),
    "published": _("published"),
    "illustrative": _("illustrative"),
    "unpublished": _("not published"),
    "occurred": _("when it happened"),
    "known": _("when it is known"),
    "recorded": _("when it is recorded"),
    "delivered": _("when it is delivered"),
    "calendar": _("calendar time"),
    "hours": _("working hours"),
    "days": _("working days"),
    "debtor": _("the bound office"),
    "creditor": _("the owed office"),
    "both": _("both offices"),
    "escalate": _("goes up step by step"),
    "accept": _("counts as accepted"),
    "return": _("counts as sent back"),
    "delete": _("what was shared is deleted"),
    "day": _("to the day"),
    "month": _("to the month"),
    "year": _("to the year"),
    "reported": _("the day of the report"),
    "never": _("never"),
    "place": _("of the place where it happens"),
    "reporter": _("that reports"),
    "each_party": _("each party"),
    "other_parties": _("the other parties"),
}
AT_END = {"keep": _("what was shared is kept")}


@dataclass(frozen=True)
class Control:
    """One key of the form as a page shows it."""

    item: Item
    html_id: str
    label: str
    options: list[tuple[str, str]]  # code and words
    widget: str  # line, area, choice, ticks, day, number, words (a line with words to choose from)

    @property
    def ticked(self) -> list[str]:
        """The words of a list that are there."""
        return [word for word in self.item.value.split(", ") if word]


@dataclass(frozen=True)
class Card:
    """The head, or one clause, with its controls."""

    part: Part
    kind: str
    controls: list[Control]


def cards(parts: list[Part], known: Known) -> list[Card]:
    """Return the form with labels and words."""
    titles = _titles(known)
    number = 0
    found = []
    for part in parts:
        listed = editing.options(part.items, known)
        controls = []
        for item in part.items:
            number += 1
            controls.append(_control(item, f"c{number}", listed.get(item.name, []), titles))
        found.append(Card(part, str(wording.KINDS.get(part.kind, "")), controls))
    return found


def _control(item: Item, html_id: str, listed: list[str], titles: Mapping[str, str]) -> Control:
    codes = [str(word) for word in item.choices] or listed
    if item.kind == editing.LIST:
        widget = "ticks" if codes and len(codes) <= TICKED_MOST else "line"
        codes += [word for word in item.value.split(", ") if word and word not in codes]
    elif item.kind == editing.LINE and listed:
        widget = "words" if item.path[-1] == "of" else "choice"
    else:
        widget = item.kind
    if widget == "choice" and item.value and item.value not in codes:
        codes = [*codes, item.value]
    said = [(code, _said(item, code, titles)) for code in codes]
    return Control(item, html_id, label(item), said, widget)


def label(item: Item) -> str:
    """Return the label of a key: `Due · Time limit`."""
    own = [str(step) for step in (item.path[2:] if item.path[:1] == ("clauses",) else item.path)]
    return " · ".join(str(LABELS.get(step, step)) for step in own)


def _said(item: Item, code: str, titles: Mapping[str, str]) -> str:
    last = str(item.path[-1])
    if last == "on_end" and code in AT_END:
        return str(AT_END[code])
    if last == "kind" and code in wording.INSTRUMENT_KINDS:
        return str(wording.INSTRUMENT_KINDS[code])
    if last == "field" and code in wording.FIELD_NAMES:
        return str(wording.FIELD_NAMES[code])
    if code in readings.PERIODS:
        return readings.PERIODS[code]()
    if code in wording.STEPS:
        return str(wording.STEPS[code])
    named = titles.get(f"{last}:{code}") or titles.get(code)
    if named:
        return pick(f"{named}（{code}）", f"{named} ({code})")
    return str(CODES.get(code, code))


def _titles(known: Known) -> dict[str, str]:
    """Return the names of registered words; the same code may mean two things under two keys."""
    found = {f"event:{name}": str(events.get(name).title) for name in known.events}
    found |= {f"only_after:{name}": str(events.get(name).title) for name in known.events}
    found |= {f"role:{name}": str(title) for name, title in wording.roles().items()}
    found |= {f"reach:{name}": str(vocabulary.title(name)) for name in known.conditions}
    found |= {f"of:{name}": str(vocabulary.title(name)) for name in known.questions}
    found |= {f"of:{name}": str(CODES[name]) for name in ("place", "reporter", "each_party", "other_parties")}
    shareable = {name: str(title) for name, title in vocabulary.shareable().items()}
    found |= {f"must_carry:{name}": title for name, title in shareable.items()}
    found |= {f"fields:{name}": title for name, title in shareable.items()}
    found |= {f"procedures:{name}": str(title) for name, title in vocabulary.procedures().items()}
    found |= {f"before:{name}": str(title) for name, title in vocabulary.times().items()}
    return found
