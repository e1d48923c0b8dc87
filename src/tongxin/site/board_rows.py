"""The board of an office: duties and cases together, in the order in which they want to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import queries as cases
from tongxin.heart.cases import words
from tongxin.heart.cases.models import Case
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.petals.ecology import queries as ecology
from tongxin.shared import clock

SOON = timedelta(hours=1)  # what a clock shows in amber: the last hour, or the last 30 % of the time
SOON_SHARE = 0.7
DONE_SHOWN = 5
GROUPS: dict[str, Any] = {
    "now": gettext_lazy("To do now"),
    "today": gettext_lazy("Later today"),
    "later": gettext_lazy("Later on"),
    "waiting": gettext_lazy("Waiting for others"),
    "done": gettext_lazy("Just done"),
}
SCOPES = ("desk", "jurisdiction")  # own desk; a coordination office also its whole jurisdiction


@dataclass(frozen=True)
class Row:
    """One thing to do, to wait for, or just done."""

    key: str  # duty-12, case-WUQING-2026-000001
    group: str
    state: str  # for the clock: open, waiting, met
    text: str
    about: str
    number: str  # of the matter or case
    bound: Desk
    owed: Desk | None
    due_at: datetime | None
    opened_at: datetime | None
    done_at: datetime | None = None
    clause: Clause | None = None
    field: str = ""
    url: str = ""
    action: str = ""
    duty: Duty | None = None
    case: Case | None = None
    illustrative: bool = False


@dataclass
class Board:
    """The rows by group, and the numbers of the sentence above them."""

    now: datetime
    groups: dict[str, list[Row]] = field(default_factory=lambda: {code: [] for code in GROUPS})
    done_today: int = 0

    def late(self, row: Row) -> bool:
        """Whether a row is open and past its due."""
        return row.group != "done" and row.due_at is not None and row.due_at < self.now

    @property
    def rows(self) -> list[Row]:
        """All rows in the order of the page."""
        return [row for code in GROUPS for row in self.groups[code]]

    @property
    def mine(self) -> list[Row]:
        """What the office itself has to do."""
        return [row for code in ("now", "today", "later") for row in self.groups[code]]

    @property
    def overdue(self) -> int:
        """How many of the office's own are late."""
        return sum(self.late(row) for row in self.mine)

    @property
    def soon(self) -> int:
        """How many are due soon and not late."""
        return len(self.groups["now"]) - self.overdue

    @property
    def today(self) -> int:
        """How many have to be done today, the late ones with them."""
        return len(self.groups["now"]) + len(self.groups["today"])


def coordinates(reader: Acting) -> bool:
    """Whether the reader sits at a coordination office, which looks after its whole jurisdiction."""
    return reader.desk.endswith("/coordination_office")


def board(reader: Acting, *, scope: str = "desk", field_code: str = "", now: datetime | None = None) -> Board:
    """Return the reader's board. `scope` jurisdiction is a coordination office's alone; others get their desk's."""
    now = now or clock.now()
    wide = scope == "jurisdiction" and coordinates(reader)
    seen = agreements.duties(reader).select_related(
        "matter",
        *(f"{side}_desk__{part}" for side in ("bound", "owed") for part in ("jurisdiction", "group", "role")),
    )
    if field_code:
        seen = seen.filter(clause__version__instrument__field=field_code)
    mine = Q(bound_desk__jurisdiction_id=reader.jurisdiction) if wide else Q(bound_desk_id=reader.desk)
    theirs = Q(owed_desk__jurisdiction_id=reader.jurisdiction) if wide else Q(owed_desk_id=reader.desk)
    open_states = [Duty.State.OPEN, Duty.State.CLAIMED, Duty.State.SUSPENDED]
    own = list(seen.filter(mine, state__in=open_states))
    waited = list(seen.filter(theirs & ~mine, state__in=open_states))
    midnight = clock.beijing(now).replace(hour=0, minute=0, second=0, microsecond=0)
    done = seen.filter(mine, state=Duty.State.MET, ended_at__gte=midnight, ended_at__lte=now).order_by(
        "-ended_at"
    )
    shown = list(done[:DONE_SHOWN])
    titles = _Titles(reader, [*own, *waited, *shown])
    found = Board(now, done_today=done.count())
    for duty in own:
        found.groups[_group(duty.due_at, duty.opened_at, now)].append(_duty_row(duty, "open", titles, now))
    for duty in waited:
        found.groups["waiting"].append(_duty_row(duty, "waiting", titles, now))
    for duty in shown:
        found.groups["done"].append(_duty_row(duty, "met", titles, now))
    if field_code in {"", "services"}:
        for case in _own_cases(reader, {duty.thread for duty in own}):
            row = _case_row(reader, case, now)
            found.groups[row.group].append(row)
    for code in ("now", "today", "later", "waiting"):
        found.groups[code].sort(key=lambda row: (row.due_at is None, row.due_at or now, row.key))
    return found


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
    """Return the open duties the reader may see that are late or due today, late ones first."""
    tomorrow = clock.beijing(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return agreements.duties(reader).filter(
        state__in=[Duty.State.OPEN, Duty.State.CLAIMED, Duty.State.SUSPENDED], due_at__lt=tomorrow
    )


def rows_of(reader: Acting, duties: list[Duty], now: datetime) -> list[Row]:
    """Return rows for duties that were chosen elsewhere, such as home's table."""
    titles = _Titles(reader, duties)
    return [_duty_row(duty, "open", titles, now) for duty in duties]


class _Titles:
    """What the duties are about: matters in the words that the reader may know, cases by their procedure."""

    def __init__(self, reader: Acting, duties: list[Duty]) -> None:
        self.reader = reader
        self.matters: dict[str, str] = {}
        numbers = {duty.thread.partition(":")[2] for duty in duties if duty.thread.startswith("case:")}
        self.cases = Case.objects.select_related("procedure").in_bulk(numbers)
        self.open_to_reader = set(
            cases.cases(reader).filter(number__in=numbers).values_list("number", flat=True)
        )

    def of(self, duty: Duty) -> tuple[str, str]:
        """Return what a duty is about, as far as the reader may know it, and the number."""
        number = duty.thread.partition(":")[2]
        if duty.matter is not None:
            if number not in self.matters:
                self.matters[number] = ecology.title(self.reader, duty.matter)
            return self.matters[number], number
        case = self.cases.get(number)
        return (words.title(case.procedure) if case else "", number)

    def url(self, duty: Duty) -> str:
        kind, _colon, number = duty.thread.partition(":")
        if kind == "matter":
            return f"/incidents/{number}/"
        return f"/cases/{number}/" if number in self.open_to_reader else ""


def _group(due_at: datetime | None, opened_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return "today"
    used = 1.0 if opened_at is None or due_at <= opened_at else (now - opened_at) / (due_at - opened_at)
    if due_at - now <= SOON or used >= SOON_SHARE:
        return "now"
    return "today" if clock.beijing(due_at).date() == clock.beijing(now).date() else "later"


def _duty_row(duty: Duty, state: str, titles: _Titles, now: datetime) -> Row:
    group = {"open": "", "waiting": "waiting", "met": "done"}[state] or _group(
        duty.due_at, duty.opened_at, now
    )
    url = titles.url(duty)
    about, number = titles.of(duty)
    action, capability = _action(duty)
    return Row(
        key=f"duty-{duty.pk}",
        group=group,
        state=state if state != "waiting" or duty.due_at >= now else "open",
        text=wording.duty_words(duty),
        about=about,
        number=number,
        bound=duty.bound_desk,
        owed=duty.owed_desk,
        due_at=duty.due_at,
        opened_at=duty.opened_at,
        done_at=duty.ended_at,
        clause=duty.clause,
        field=duty.clause.version.instrument.field,
        url=url,
        action=action if state == "open" and url and capability in titles.reader.capabilities else "",
        duty=duty,
        illustrative=duty.illustrative,
    )


def _action(duty: Duty) -> tuple[str, str]:
    """Return the button of a duty and the capability that it needs."""
    if duty.purpose == Duty.Purpose.CONFIRM:
        return _("Confirm receipt"), "confirm"
    if duty.thread.startswith("matter:"):
        return _("Notify"), "notify"
    return (_("Decide"), "decide") if duty.subject == "decide" else (_("Take over"), "take_over")


def _own_cases(reader: Acting, threads: set[str]) -> list[Case]:
    """Return the cases in the reader's own hands that no open duty of the desk speaks for."""
    rows = cases.cases(reader).filter(
        holder_id=reader.desk, frozen_by__isnull=True, state__in=cases.OPEN_STATES
    )
    return [case for case in rows if f"case:{case.number}" not in threads]


def _case_row(reader: Acting, case: Case, now: datetime) -> Row:
    if case.state == Case.State.FILED:
        text, action, capability = _("Accept the case"), _("Accept"), "file_case"
    elif case.competent_desk_id == case.holder_id:
        text, action, capability = _("Decide the case"), _("Decide"), "decide"
    else:
        text, action, capability = _("Hand the case over"), _("Hand over"), "hand_over"
    return Row(
        key=f"case-{case.number}",
        group=_group(case.promise_due_at, case.accepted_at, now),
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
