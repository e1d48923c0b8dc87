"""What the threads of duties are about, as far as a reader may know it: matters by their kind, cases.

A room that knows more of a kind registers how it looks there: `register("incident", look)`. It is asked once for all
numbers of a page, so that a list of duties costs the same number of reads however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongxin.heart.agreements import queries
from tongxin.heart.agreements.models import Duty, Instrument
from tongxin.heart.events import vocabulary as events
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.shared.named import pick

CASE = "case"


@dataclass(frozen=True)
class Seen:
    """A thread as a reader sees it; `url` is empty where the reader may not open it."""

    number: str
    title: str = ""
    url: str = ""


Rows = Mapping[str, Matter | None]  # threads of one kind by number; a case has no matter
Look = Callable[[Acting, Rows], Mapping[str, Seen]]  # what the reader sees of them, by number

_looks: dict[str, Look] = {}


def register(kind: str, look: Look) -> None:
    """Let a room say what its threads are about: `case`, or a kind of matter; called when Django starts."""
    _looks[kind] = look


def of_duties(reader: Acting, duties: Iterable[Duty], matters: Iterable[Matter] = ()) -> dict[str, Seen]:
    """Return the threads of these duties as the reader sees them, by thread; their matters must be at hand.

    With `matters`, these too: a page that names both asks once.
    """
    kinds: dict[str, dict[str, Matter | None]] = {}
    for row in matters:
        kinds.setdefault(row.kind, {})[row.number] = row
    for duty in duties:
        word, _colon, number = duty.thread.partition(":")
        kind = duty.matter.kind if duty.matter is not None else word
        kinds.setdefault(kind, {})[number] = duty.matter
    found: dict[str, Seen] = {}
    for kind, rows in kinds.items():
        word = CASE if kind == CASE else "matter"
        looked = _look(kind)(reader, rows)
        found |= {f"{word}:{number}": looked.get(number, Seen(number)) for number in rows}
    return found


def of_duty(reader: Acting, duty: Duty) -> Seen:
    """Return what one duty is about, as the reader sees it."""
    return of_duties(reader, [duty])[duty.thread]


def of_matters(reader: Acting, matters: Iterable[Matter]) -> dict[str, Seen]:
    """Return these matters as the reader sees them, by number."""
    kinds: dict[str, dict[str, Matter | None]] = {}
    for matter in matters:
        kinds.setdefault(matter.kind, {})[matter.number] = matter
    return {
        number: seen for kind, rows in kinds.items() for number, seen in _look(kind)(reader, rows).items()
    }


def by_instrument(_reader: Acting, rows: Rows) -> dict[str, Seen]:
    """Say of periods and tasks which agreement they are of and which period: that is in the public register."""
    named = {row.number: (row, row.title.partition("/")) for row in rows.values() if row is not None}
    titles = Instrument.objects.in_bulk({parts[0] for _row, parts in named.values()})
    found = {}
    for number, (row, (instrument, _slash, rest)) in named.items():
        known = titles.get(instrument)
        title = pick(known.title_zh, known.title_en) if known else instrument
        said = pick(f"《{title}》{rest}", f"{title} {rest}").strip()
        found[number] = Seen(number, said, events.page(row.kind, number))
    return found


def _look(kind: str) -> Look:
    return _looks.get(kind) or _plain


def _plain(reader: Acting, rows: Rows) -> dict[str, Seen]:
    """Say of a matter of a kind that nobody registered its title to those who see it whole, to others its number."""
    whole = queries.whole_of(reader, list(rows))
    found = {}
    for row in rows.values():
        if row is not None:
            title = str(events.title_words(row.kind, row.title)) if row.number in whole else _("Matter")
            found[row.number] = Seen(row.number, title, events.page(row.kind, row.number))
    return found
