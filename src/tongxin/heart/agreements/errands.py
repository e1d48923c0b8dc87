"""Errands: the duties that one act would serve, put together for the people who do them. Computed, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongxin.heart.agreements import queries, rulebook, vocabulary
from tongxin.heart.agreements.language import Notify
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk


@dataclass(frozen=True)
class Notice:
    """A notice as a reader may see it, with the receipts that it calls for."""

    message: Message
    confirms: tuple[Duty, ...]

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
        """What the notice says."""
        return dict(self.message.body.get("carried", {}))


@dataclass(frozen=True)
class Errand:
    """What one desk owes another in a matter: duties to tell, and the notices that were sent for them."""

    bound: Desk
    owed: Desk
    duties: tuple[Duty, ...]
    notices: tuple[Notice, ...] = field(default=())

    @property
    def open(self) -> list[Duty]:
        """The duties that one notice would serve now, earliest due first."""
        return [d for d in self.duties if d.state == Duty.State.OPEN]

    @property
    def ruling(self) -> Duty:
        """The duty that sets the deadline: the earliest open one, else the earliest of those that ended."""
        return (self.open or list(self.duties))[0]

    @property
    def carries(self) -> list[str]:
        """What the notice must carry: the union over the open duties, in the order of their clauses."""
        return carries(self.open)


def carries(duties: Iterable[Duty]) -> list[str]:
    """Return the fields that the clauses of these duties demand, each once."""
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


def of_matter(reader: Acting, matter: Matter) -> list[Errand]:
    """Return the errands of a matter that the reader has a part in: what is open first, by due."""
    rows = list(queries.duties(reader).filter(matter=matter))
    sent: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices(reader, matter, rows):
        sent.setdefault((notice.message.from_desk_id, notice.message.to_desk_id), []).append(notice)
    pairs: dict[tuple[str, str], list[Duty]] = {}
    for duty in rows:
        if duty.purpose == Duty.Purpose.DO and duty.clause.kind == "notify":
            pairs.setdefault((duty.bound_desk_id, duty.owed_desk_id), []).append(duty)
    found = [
        Errand(duties[0].bound_desk, duties[0].owed_desk, tuple(duties), tuple(sent.get(pair, ())))
        for pair, duties in pairs.items()
    ]
    return sorted(found, key=lambda e: (not e.open, e.ruling.due_at, e.owed.id))


def notices(reader: Acting, matter: Matter, duties: Iterable[Duty] | None = None) -> list[Notice]:
    """Return the notices of a matter to or from the reader's side, oldest first."""
    return notices_of(reader, [matter], duties).get(matter.number, [])


def notices_of(
    reader: Acting, matters: Iterable[Matter], duties: Iterable[Duty] | None = None
) -> dict[str, list[Notice]]:
    """Return the notices of several matters, by number; `duties` are those the reader may see, when at hand."""
    numbers = [m.number for m in matters]
    rows = queries.duties(reader).filter(matter__in=numbers) if duties is None else duties
    confirms: dict[str, list[Duty]] = {}
    for duty in rows:
        if duty.purpose == Duty.Purpose.CONFIRM:
            confirms.setdefault(duty.opened_by, []).append(duty)
    found: dict[str, list[Notice]] = {}
    for message in queries.notices(reader).filter(thread__in=[f"matter:{n}" for n in numbers]):
        notice = Notice(message, tuple(confirms.get(f"message:{message.id}", ())))
        found.setdefault(message.thread.removeprefix("matter:"), []).append(notice)
    return found


def told(found: Iterable[Notice], reader: Acting) -> dict[str, str]:
    """Return what the notices carried to the reader's side, the latest word on each field."""
    known: dict[str, str] = {}
    for notice in found:
        if is_side_of(reader, notice.message.to_desk_id):
            known |= notice.carried
    return known


def is_side_of(reader: Acting, desk: str) -> bool:
    """Whether a desk is the reader's own, or one that the reader's coordination office answers for."""
    if desk == reader.desk:
        return True
    return reader.coordinates and desk.startswith(f"{reader.jurisdiction}/")
