"""The board of an office: errands and cases together, in the order in which they want to be done.

An errand is what one act would do: the open duties that it would serve, with the earliest time and the union of what
to carry. Beside them stand the answers that others wait for, the conflicts that a coordination office decides, cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.threads import Seen
from tongxin.heart.cases import queries as cases
from tongxin.heart.cases import words
from tongxin.heart.cases.models import OPEN_STATES, Case
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.site import board_reads
from tongxin.site.board_maker import Maker
from tongxin.site.board_parts import GROUPS, MINE, SCOPES, Board, Row, group_of
from tongxin.site.board_reads import Cursor, Read

__all__ = [
    "GROUPS",
    "SCOPES",
    "Board",
    "Row",
    "board",
    "coordinates",
    "due_and_overdue",
    "first_due",
    "holds_cases",
    "rows_of",
    "sorted_by",
]

T = TypeVar("T")
CASES = 100  # own cases on the board; the list of cases has them all


class Keep(Protocol):
    """What remembers the result of a reading under a name."""

    def __call__(self, name: str, compute: Callable[[], T]) -> T:
        """Return what `compute` gives, or gave before under this name."""


def anew(name: str, compute: Callable[[], T]) -> T:
    """Remember nothing."""
    return compute()


def coordinates(reader: Acting) -> bool:
    """Whether the reader sits at a coordination office, which looks after its whole jurisdiction."""
    return reader.coordinates


def board(
    reader: Acting,
    *,
    scope: str = "desk",
    field_code: str = "",
    now: datetime | None = None,
    part: str = "",
    after: Cursor | None = None,
    with_cases: bool = True,
    kept: Keep = anew,
) -> Board:
    """Return the reader's board, or the next stretch of a part of it (`after` a row).

    `scope` jurisdiction is a coordination office's alone; others get their desk's. Without `with_cases` the cases in
    the desk's hands are not looked for, because the caller knows that there are none. `kept` remembers, by name, what
    stays the same until the next act.
    """
    now = now or clock.now()
    side = board_reads.side_of(reader, wide=scope == "jurisdiction" and reader.coordinates)

    def listed() -> list[int]:
        return board_reads.ids_of(side, now, field_code=field_code, part=part, after=after)

    found = board_reads.read(
        side, now, listed() if part else kept("listed", listed), field_code=field_code, part=part
    )
    maker = Maker(reader, now, found)
    made = Board(now, more=found.more)
    for row in maker.rows(found):
        made.groups[row.group].append(row)
    if not part:
        full = len(found.done) == board_reads.DONE
        made.done_today = len(found.done)
        if full:
            made.done_today = kept("done", lambda: board_reads.done_today(side, now, field_code))
        if found.more:
            made.totals = kept("totals", lambda: board_reads.totals(side, now, field_code))
        if with_cases and field_code in {"", "services"}:
            for case in _own_cases(reader, {duty.thread for duty in found.own}):
                row = _case_row(reader, case, now)
                made.groups[row.group].append(row)
    for code in (*MINE, "suspended", "waiting"):
        made.groups[code].sort(key=lambda row: (row.due_at is None, row.due_at or now, row.key))
    return made


def sorted_by(rows: Iterable[Row], key: str) -> list[Row]:
    """Return the rows of a group in another order: due, what, who, clause; `-` turns it round."""
    kinds = {
        "what": lambda row: (row.text, row.about, row.number),
        "who": lambda row: row.owed.id if row.owed else "",
        "clause": lambda row: row.clause.id if row.clause else "",
    }
    rows = list(rows)
    by = kinds.get(key.removeprefix("-"))
    if by is not None:
        rows.sort(key=by)
    return rows[::-1] if key.startswith("-") else rows


def due_and_overdue(reader: Acting, now: datetime) -> QuerySet[Duty]:
    """Return the standing duties the reader may see that are late or due today, to be counted."""
    return (
        agreements.duties(reader).filter(state__in=Duty.STANDING, due_at__lte=midnight_after(now)).order_by()
    )


def first_due(reader: Acting, now: datetime, limit: int) -> list[Duty]:
    """Return the first of them, late ones first, with what naming them takes."""
    rows = due_and_overdue(reader, now).select_related(None).defer(None).order_by("due_at", "id")
    return board_reads.dressed(rows[:limit])


def midnight_after(now: datetime) -> datetime:
    """Return when the day of Beijing ends in which `now` lies."""
    return clock.beijing(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def rows_of(
    reader: Acting, duties: list[Duty], now: datetime, matters: Iterable[Matter] = ()
) -> tuple[list[Row], Mapping[str, Seen]]:
    """Return rows for duties that were chosen elsewhere, such as home's table.

    With them come the threads that the reader sees, by thread: of the duties, and of the matters that stand beside.
    """
    maker = Maker(reader, now, Read(own=duties), matters)
    return [maker.single(duty, "open") for duty in duties], maker.seen


def holds_cases(reader: Acting) -> bool:
    """Return whether any open case is in the reader's own hands."""
    return _in_hand(reader).exists()


def _in_hand(reader: Acting) -> QuerySet[Case]:
    return cases.cases(reader).filter(
        holder_id=reader.desk,
        frozen_by__isnull=True,
        state__in=OPEN_STATES,
        decided_at__isnull=True,  # said again, so that an index leads to what is open
        ended_at__isnull=True,
    )


def _own_cases(reader: Acting, there: set[str]) -> list[Case]:
    """Return the cases in the reader's own hands that no open duty of the desk speaks for, promised first."""
    rows = _in_hand(reader).order_by("promise_due_at", "number")[:CASES]
    return cases.with_names([case for case in rows if f"case:{case.number}" not in there])


def _case_row(reader: Acting, case: Case, now: datetime) -> Row:
    if case.state == Case.State.FILED:
        text, action, capability = _("Accept the case"), _("Accept"), "file_case"
    elif case.competent_desk_id == case.holder_id:
        text, action, capability = _("Decide the case"), _("Decide"), "decide"
    else:
        text, action, capability = _("Hand the case over"), _("Hand over"), "hand_over"
    return Row(
        key=f"case-{case.number}",
        group=group_of(case.promise_due_at, case.accepted_at, now),
        state="open",
        text=text,
        about=words.title(case.procedure),
        number=case.number,
        bound=case.holder,
        owed=case.competent_desk if case.competent_desk_id != case.holder_id else None,
        due_at=case.promise_due_at,
        opened_at=case.accepted_at,
        field=case.procedure.field,
        url=f"/cases/{case.number}/",
        action=action if capability in reader.capabilities else "",
        case=case,
        illustrative=case.illustrative,
    )
