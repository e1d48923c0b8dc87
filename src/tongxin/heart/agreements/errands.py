"""Errands: the duties that one act would serve, put together for the people who do them. Computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongxin.heart.agreements import conflicts, queries, rulebook, vocabulary
from tongxin.heart.agreements.language import Notify
from tongxin.heart.agreements.models import ClauseConflict, Duty, Performance
from tongxin.heart.agreements.performing import WARNING
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk

TELLS = ("notice", "call")  # messages that carry what a clause demands
WARNS = ("warning",)  # messages that go out by law or by necessity, without a clause
ENDS = ("stand_down", "all_clear")  # messages that say it is over for who was told


@dataclass(frozen=True)
class Notice:
    """A notice, a telephone call, a warning or a message that it is over, as a reader may see it, with its receipts."""

    message: Message
    confirms: tuple[Duty, ...] = ()
    heard_at: datetime | None = None  # of a call: when both sides say that it was made
    review: Duty | None = None  # of a warning: the duty to review it

    @property
    def kind(self) -> str:
        """What it is: notice, call, warning, stand_down, all_clear."""
        return self.message.kind

    @property
    def basis(self) -> str:
        """Of a warning: `law` or `necessity`; empty for what stands on clauses."""
        return self.message.basis if self.kind in WARNS else ""

    @property
    def finding(self) -> str:
        """Of a warning that was reviewed: what was found, `justified`, `clause_needed` or `not_needed`."""
        done = self.review.performance if self.review else None
        return str(done.carried.get("finding", "")) if done else ""

    @property
    def reason(self) -> str:
        """Of a warning: by which provision, or of which danger."""
        return str(self.message.body.get("reason", ""))

    @property
    def counts(self) -> bool:
        """Whether it tells: a call does when both sides have recorded it."""
        return self.kind in {"notice", "warning"} or (self.kind == "call" and self.heard_at is not None)

    @property
    def confirmed_at(self) -> datetime | None:
        """When the receiver confirmed, None while any receipt is open."""
        times = [d.delivered_at for d in self.confirms if d.delivered_at]
        return max(times) if times and len(times) == len(self.confirms) else None

    @property
    def open(self) -> list[Duty]:
        """The receipts that are still owed, earliest first."""
        return [d for d in self.confirms if d.state == Duty.State.OPEN]

    @property
    def ruling(self) -> Duty | None:
        """The receipt whose due comes first: an open one, else the last word on it."""
        return next(iter(self.open or self.confirms), None)

    @property
    def carried(self) -> dict[str, str]:
        """What it says."""
        return dict(self.message.body.get("carried", {}))


@dataclass(frozen=True)
class Demand:
    """What one clause demands between two desks: its rounds, first to last; the last one is true now."""

    rounds: tuple[Duty, ...]

    @property
    def latest(self) -> Duty:
        """The round that is true now."""
        return self.rounds[-1]

    @property
    def withheld(self) -> list[tuple[str, str]]:
        """The fields that the clause demands and a bar forbids, each with its bar."""
        return [(str(name), str(bar)) for name, bar in self.latest.wanted.get("withheld", ())]


@dataclass(frozen=True)
class Errand:
    """What one desk owes another in a matter: duties to tell, duties to say that it is over, what was sent for them."""

    bound: Desk
    owed: Desk
    duties: tuple[Duty, ...]
    notices: tuple[Notice, ...] = ()
    downs: tuple[Duty, ...] = ()
    served: tuple[Duty, ...] = ()  # the open ones that may be performed now
    conflict: ClauseConflict | None = None  # demands that exclude each other, not decided yet

    @property
    def open(self) -> list[Duty]:
        """The duties that are open now, earliest due first."""
        return [d for d in self.duties if d.state == Duty.State.OPEN]

    @property
    def waiting(self) -> list[Duty]:
        """The open duties that may not be performed yet: something must be known first, or a conflict be decided."""
        return [d for d in self.open if d not in self.served]

    @property
    def standing_down(self) -> list[Duty]:
        """The open duties to say that it no longer concerns them, earliest due first."""
        return [d for d in self.downs if d.state == Duty.State.OPEN]

    @property
    def ruling(self) -> Duty:
        """The duty that sets the deadline: the earliest open one, else the one that ended last."""
        open_ones = [*self.open, *self.standing_down]
        if open_ones:
            return min(open_ones, key=lambda d: (d.due_at, d.pk))
        return max(self.duties, key=lambda d: (d.round, d.opened_at, -d.due_at.timestamp(), -d.pk))

    @property
    def needed_by(self) -> datetime | None:
        """When the receiver needs it, by the forecast: shown beside the due, never scored."""
        return min((d.needed_by for d in self.open if d.needed_by), default=None)

    @property
    def rules(self) -> str:
        """Which of the two comes first and so is worked to: `due` or `needed_by`."""
        needed = self.needed_by
        return "needed_by" if needed is not None and needed < self.ruling.due_at else "due"

    @property
    def carries(self) -> list[str]:
        """What the notice must carry: the union over what it would serve, in the order of the clauses."""
        return carries(self.served)

    @property
    def demands(self) -> list[Demand]:
        """The rounds by clause, in the order of the dues of the latest ones."""
        rounds: dict[str, list[Duty]] = {}
        for duty in sorted(self.duties, key=lambda d: (d.round, d.opened_at, d.pk)):
            rounds.setdefault(duty.clause_key, []).append(duty)
        found = [Demand(tuple(rows)) for rows in rounds.values()]
        return sorted(
            found, key=lambda d: (d.latest.state not in Duty.STANDING, d.latest.due_at, d.latest.pk)
        )


def carries(duties: Iterable[Duty]) -> list[str]:
    """Return the fields that the clauses of these duties demand and no bar forbids, each once."""
    names: list[str] = []
    for duty in duties:
        clause = rulebook.read_clause(duty.clause)
        if isinstance(clause, Notify):
            forbidden = {name for name, _bar in duty.wanted.get("withheld", ())}
            names += [name for name in clause.must_carry if name not in forbidden and name not in names]
    return names


def fields(names: Sequence[str]) -> list[vocabulary.Field]:
    """Return the registered fields of these names; one that nobody registered is asked as plain text."""
    known = vocabulary.fields()
    return [known.get(name) or vocabulary.Field(name, name, lambda _data: "") for name in names]


def of_matter(
    reader: Acting,
    matter: Matter,
    duties: Iterable[Duty] | None = None,
    told_of: Iterable[Notice] | None = None,
) -> list[Errand]:
    """Return the errands of a matter that the reader has a part in: what is open first, by due.

    `duties` and `told_of` are those that the reader may see, when they are at hand.
    """
    rows = list(duties_of(reader, [matter]).get(matter.number, ()) if duties is None else duties)
    sent: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices(reader, matter, rows) if told_of is None else told_of:
        if notice.kind in TELLS:
            sent.setdefault((notice.message.from_desk_id, notice.message.to_desk_id), []).append(notice)
    told: dict[tuple[str, str], list[Duty]] = {}
    downs: dict[tuple[str, str], list[Duty]] = {}
    for duty in rows:
        pair = (duty.bound_desk_id, duty.owed_desk_id)
        if duty.purpose == Duty.Purpose.STAND_DOWN:
            downs.setdefault(pair, []).append(duty)
        elif duty.purpose == Duty.Purpose.DO and duty.clause.kind == "notify":
            told.setdefault(pair, []).append(duty)
    disputed = ClauseConflict.objects.filter(thread=f"matter:{matter.number}", ruling__isnull=True)
    unsettled = {(c.bound_desk_id, c.owed_desk_id): c for c in disputed}
    found = [
        Errand(
            owed[0].bound_desk,
            owed[0].owed_desk,
            tuple(owed),
            tuple(sent.get(pair, ())),
            tuple(downs.get(pair, ())),
            tuple(conflicts.servable(matter, [d for d in owed if d.state == Duty.State.OPEN])),
            unsettled.get(pair),
        )
        for pair, owed in told.items()
    ]
    return sorted(found, key=lambda e: (not (e.open or e.standing_down), e.ruling.due_at, e.owed.id))


def duties_of(reader: Acting, matters: Iterable[Matter]) -> dict[str, list[Duty]]:
    """Return the duties of several matters that the reader may see, by number; an absorbed one's count as its own."""
    numbers = {m.number for m in matters}
    found: dict[str, list[Duty]] = {}
    for duty in queries.duties_in(reader, numbers):
        own = duty.matter
        for number in numbers & {own.number, own.absorbed_by_id or ""} if own else ():
            found.setdefault(number, []).append(duty)
    return found


def notices(reader: Acting, matter: Matter, duties: Iterable[Duty] | None = None) -> list[Notice]:
    """Return the notices, calls and ends of a matter to or from the reader's side, oldest first."""
    return notices_of(reader, [matter], duties).get(matter.number, [])


def notices_of(
    reader: Acting, matters: Iterable[Matter], duties: Iterable[Duty] | None = None
) -> dict[str, list[Notice]]:
    """Return the notices, calls and ends of several matters, by number; an absorbed one's count as its own.

    `duties` are those the reader may see, when they are at hand.
    """
    numbers = {m.number for m in matters}
    into = dict(Matter.objects.filter(absorbed_by__in=numbers).values_list("number", "absorbed_by_id"))
    rows = duties
    if rows is None:
        rows = [d for found in duties_of(reader, matters).values() for d in found]
    confirms: dict[str, list[Duty]] = {}
    for duty in {d.pk: d for d in rows if d.purpose == Duty.Purpose.CONFIRM}.values():
        confirms.setdefault(duty.opened_by, []).append(duty)
    threads = [f"matter:{n}" for n in {*numbers, *into}]
    messages = queries.messages_in(reader, threads, *TELLS, *WARNS, *ENDS)
    calls = [m.id for m in messages if m.kind == "call"]
    reviews = _reviews([f"message:{m.id}" for m in messages if m.kind in WARNS])
    heard = _heard(calls) if calls else {}
    found: dict[str, list[Notice]] = {}
    for message in messages:
        name = f"message:{message.id}"
        notice = Notice(message, tuple(confirms.get(name, ())), heard.get(message.id), reviews.get(name))
        own = message.thread.removeprefix("matter:")
        for number in {own, into.get(own, own)} & numbers:
            found.setdefault(number, []).append(notice)
    return found


def _reviews(warnings: Sequence[str]) -> dict[str, Duty]:
    """Return the duties to review warnings, by what opened them; who sent or got a warning may know how that stands."""
    if not warnings:
        return {}
    rows = Duty.objects.filter(opened_by__in=warnings, subject__startswith=WARNING)
    return {duty.opened_by: duty for duty in rows.select_related("performance")}


def told_in(reader: Acting, numbers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what notices carried to the reader's side in several matters, by number, as `told` does of one.

    For lists that name incidents: nothing is read of duties, receipts and desks.
    """
    wanted = set(numbers)
    into = dict(Matter.objects.filter(absorbed_by__in=wanted).values_list("number", "absorbed_by_id"))
    sent = (
        Message.objects.read_by(reader.desk)
        .filter(thread__in=[f"matter:{n}" for n in {*wanted, *into}], kind__in=(*TELLS, *WARNS))
        .order_by("sent_at", "seq")
    )
    rows = [
        row
        for row in sent.values_list("id", "kind", "thread", "to_desk_id", "body")
        if reader.answers_for(row[3])
    ]
    calls = [row[0] for row in rows if row[1] == "call"]
    heard = {message for message, at in _heard(calls).items() if at} if calls else set()
    known: dict[str, dict[str, str]] = {}
    for message, kind, thread, _to_desk, body in rows:
        if kind == "call" and message not in heard:
            continue
        own = thread.removeprefix("matter:")
        for number in {own, into.get(own, own)} & wanted:
            known.setdefault(number, {}).update(body.get("carried", {}))
    return known


def _heard(calls: Iterable[UUID]) -> dict[UUID | None, datetime | None]:
    """Return when both sides had recorded each call; None, or nothing, while one of them has not."""
    return dict(Performance.objects.filter(message__in=calls).values_list("message_id", "delivered_at"))


def told(found: Iterable[Notice], reader: Acting) -> dict[str, str]:
    """Return what the notices carried to the reader's side, the latest word on each field."""
    known: dict[str, str] = {}
    for notice in found:
        if notice.counts and reader.answers_for(notice.message.to_desk_id):
            known |= notice.carried
    return known
