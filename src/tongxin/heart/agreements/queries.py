"""Reads of agreements: the register, duties and matters that a reader may see, and why a duty stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook, signers
from tongxin.heart.agreements.models import Clause, Duty, Instrument, InstrumentVersion
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.sights import Looker
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.errors import NotFound


def register() -> QuerySet[Instrument]:
    """Return every instrument that was signed, with its signed versions; the register is public."""
    signed = InstrumentVersion.objects.exclude(state__in=signers.UNSIGNED)
    there = signed.values("instrument_id")
    return (
        Instrument.objects.filter(id__in=there)
        .prefetch_related(Prefetch("versions", queryset=signed.defer("source_text", "body")))
        .order_by("field", "id")
    )


def versions_in_force(on: datetime | None = None) -> list[InstrumentVersion]:
    """Return the versions that bind at an instant (now), with their instruments."""
    ids = rulebook.at(on or clock.now())
    rows = InstrumentVersion.objects.filter(id__in=ids).select_related("instrument").order_by("id")
    return list(rows.defer("source_text", "body"))


def fields_in_force(at: datetime) -> set[str]:
    """Return the fields of cooperation that have an instrument in force at an instant."""
    ids = [pk.partition("@")[0] for pk in rulebook.at(at)]
    return set(Instrument.objects.filter(id__in=ids).values_list("field", flat=True))


def version(version_id: str, reader: Acting | None = None) -> InstrumentVersion:
    """Return one version with its clauses, or raise NotFound. `id` alone means the newest that the reader may see.

    What is not signed yet is shown to the parties' own people only.
    """
    rows = InstrumentVersion.objects.select_related("instrument").prefetch_related("clauses")
    named = {"id": version_id} if "@" in version_id else {"instrument_id": version_id}
    on = clock.beijing(clock.now()).date()
    for row in rows.filter(**named).order_by("-number"):
        if signers.may_see(reader, row, on):
            return row
    raise NotFound("no_such_agreement", _("There is no such agreement."), todo=_("Look in the register."))


def versions_of(instrument: str, reader: Acting | None = None) -> list[InstrumentVersion]:
    """Return the versions of an instrument that a reader may see, the newest first."""
    on = clock.beijing(clock.now()).date()
    rows = InstrumentVersion.objects.filter(instrument=instrument).select_related("instrument")
    rows = rows.defer("source_text", "body")
    return [row for row in rows.order_by("-number") if signers.may_see(reader, row, on)]


def _may_see(reader: Acting) -> Q:
    """Return the duties a reader may see: those of the own desk; a coordination office sees its jurisdiction's."""
    return of_side("bound_desk", reader) | of_side("owed_desk", reader)


def of_side(column: str, reader: Acting) -> Q:
    """Return the condition that a desk is on the reader's side."""
    if len(reader.side) == 1:
        return Q(**{f"{column}_id": reader.side[0]})
    return Q(**{f"{column}_id__in": reader.side})


def duties(reader: Acting) -> QuerySet[Duty]:
    """Return the duties the reader may see, by due."""
    return with_names(Duty.objects.filter(_may_see(reader))).order_by("due_at", "id")


def page(reader: Acting, narrow: Q, offset: int, limit: int, *, thread: str = "") -> tuple[int, list[Duty]]:
    """Return how many duties of the reader's side there are, and some of them by due, with their clauses and moves.

    Both sides are asked of the index that holds desk and due, and only the duties of the page are read. `narrow` is
    about a duty's own columns; with a thread its few duties are gone through.
    """
    if thread:
        rows = Duty.objects.filter(beside(_may_see(reader)), narrow, thread=thread)
        total, found = rows.count(), rows.values_list("id", "due_at")
    else:
        total = Duty.objects.filter(_may_see(reader), narrow).count()
        sides = [Duty.objects.filter(of_side(c, reader)).filter(narrow) for c in ("bound_desk", "owed_desk")]
        bound, owed = (side.values_list("id", "due_at") for side in sides)
        found = bound.union(owed)
    if offset >= total:
        return total, []
    ids = [pk for pk, _due in found.order_by("due_at", "id")[offset : offset + limit]]
    duties = Duty.objects.defer("wanted", "told").prefetch_related("moves").in_bulk(ids)
    clauses = Clause.objects.defer("text_zh", "text_en").in_bulk({duty.clause_id for duty in duties.values()})
    for duty in duties.values():
        duty.clause = clauses[duty.clause_id]
    return total, [duties[pk] for pk in ids]


def last_under(reader: Acting, clause_id: str, limit: int) -> QuerySet[Duty, Any]:
    """Return the ids of the last duties under a clause that the reader may see, to filter by; latest due first."""
    rows = Duty.objects.filter(beside(_may_see(reader)), clause_id=clause_id)
    return rows.order_by("-due_at", "-id").values("pk")[:limit]


def beside(condition: Q) -> Case:
    """Return a condition that is checked of the rows that are gone through, and by which no row is looked up.

    A desk names thousands of rows; a database that does not know it would look all of them up first.
    """
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def duties_in(reader: Acting, numbers: Iterable[str], *, absorbed: bool = True) -> list[Duty]:
    """Return the duties of these matters (and of those that they absorbed) that the reader may see, by due.

    They are looked up by their matters alone. With the desk in the statement a database may well go through every duty
    that the desk ever had.
    """
    within = events.with_absorbed(numbers) if absorbed else list(numbers)
    rows = Duty.objects.filter(matter__in=within).select_related("matter", "performance")
    side = set(reader.side)
    seen = [d for d in rows.order_by("due_at", "id") if side & {d.bound_desk_id, d.owed_desk_id}]
    return dressed(seen)


def next_due_in(reader: Acting, numbers: Iterable[str]) -> dict[str, Duty]:
    """Return by matter the open duty of the reader's side that is due first; an absorbed matter's count as its own."""
    wanted, side = set(numbers), set(reader.side)
    rows = Duty.objects.filter(matter__in=events.with_absorbed(wanted), state=Duty.State.OPEN)
    fields = ("id", "matter_id", "matter__absorbed_by_id", "bound_desk_id", "owed_desk_id")
    first: dict[str, int] = {}
    for pk, own, into, *pair in rows.order_by("due_at", "id").values_list(*fields):
        for number in wanted & {own, into} if side & {*pair} else ():
            first.setdefault(number, pk)
    due = {d.pk: d for d in dressed(Duty.objects.filter(pk__in=first.values()).select_related("matter"))}
    return {number: due[pk] for number, pk in first.items()}


def made_up_in(reader: Acting, numbers: Iterable[str]) -> set[str]:
    """Return those of the matters where a duty that the reader may see, also of one absorbed, has made-up terms."""
    wanted, side = set(numbers), set(reader.side)
    rows = Duty.objects.filter(matter__in=events.with_absorbed(wanted), illustrative=True)
    columns = ("matter_id", "matter__absorbed_by_id", "bound_desk_id", "owed_desk_id")
    found: set[str] = set()
    for own, absorbed_by, *pair in rows.values_list(*columns).distinct():
        found |= wanted & {own, absorbed_by} if side & {*pair} else set()
    return found


def dressed(rows: Iterable[Duty]) -> list[Duty]:
    """Return duties with their clauses and desks: the few that there are are read once each, not joined to each row."""
    found = list(rows)
    if not found:
        return found
    clauses = (
        Clause.objects.select_related("version__instrument")
        .defer("version__source_text", "version__body")
        .in_bulk({duty.clause_id for duty in found})
    )
    desks = desks_of({desk for duty in found for desk in (duty.bound_desk_id, duty.owed_desk_id)})
    for duty in found:
        duty.clause = clauses[duty.clause_id]
        duty.bound_desk, duty.owed_desk = desks[duty.bound_desk_id], desks[duty.owed_desk_id]
    return found


def desks_of(ids: Iterable[str]) -> dict[str, Desk]:
    """Return desks by id, with what naming them takes."""
    return Desk.objects.select_related("jurisdiction", "group", "role").in_bulk(set(ids))


def with_names(rows: QuerySet[Duty]) -> QuerySet[Duty]:
    """Return the duties with everything that naming them takes; the text of the instrument's file stays behind."""
    return rows.defer("clause__version__source_text", "clause__version__body").select_related(
        "clause__version__instrument",
        "bound_desk__jurisdiction",
        "bound_desk__group",
        "bound_desk__role",
        "owed_desk__jurisdiction",
        "owed_desk__group",
        "owed_desk__role",
        "matter",
        "performance",
    )


def duty(reader: Acting, pk: int) -> Duty:
    """Return one duty the reader may see, or raise NotFound."""
    row = duties(reader).filter(pk=pk).first()
    if row is None:
        raise NotFound("no_such_duty", _("There is no such duty, or it is not your desk's."))
    return row


def matters(reader: Acting) -> QuerySet[Matter]:
    """Return the matters that the reader's desk reported or has a duty in, newest first; those that absorbed one too.

    A coordination office sees those that any desk of its jurisdiction reported or has a duty in. Each way to have a
    part is asked of an index that holds both desk and matter, once; the matters are gone through in their own order,
    by kind and time, and not looked up one by one for every part that the desk ever had.
    """
    own = Event.objects.filter(of_side("by_desk", reader)).values("matter_id")
    there = Duty.objects.filter(matter__isnull=False)
    absorbing = Matter.objects.filter(absorbed_by__isnull=False, number__in=own).values("absorbed_by_id")
    seen = Q(number__in=own) | Q(number__in=absorbing)
    for column in ("bound_desk", "owed_desk"):
        seen |= Q(number__in=there.filter(of_side(column, reader)).values("matter_id"))
    return Matter.objects.filter(beside(seen)).order_by("-opened_at")


def matter(reader: Acting, number: str) -> Matter:
    """Return one matter the reader may see, or raise NotFound."""
    row = Matter.objects.filter(number=number).first()
    if row is None or number not in part_in(reader, [number]):
        raise NotFound(
            "no_such_matter",
            _("There is no such matter, or your desk has no part in it."),
            todo=_("Check the number; ask the desk that told you of it."),
        )
    return row


def part_in(reader: Acting, numbers: Iterable[str]) -> set[str]:
    """Return those of these matters that `matters` lists, looked up by the matters alone."""
    wanted, side = list(numbers), set(reader.side)
    duties = Duty.objects.filter(matter__in=wanted).values_list("matter_id", "bound_desk_id", "owed_desk_id")
    found = {number for number, *pair in duties.distinct() if side & {*pair}}
    told = Event.objects.filter(matter__in=events.with_absorbed(wanted))
    for desk, *pair in told.values_list("by_desk_id", "matter_id", "matter__absorbed_by_id"):
        if desk in side:
            found |= {number for number in pair if number}
    return {str(number) for number in found} & set(wanted)


def notices(reader: Acting) -> QuerySet[Message]:
    """Return the notices to or from the reader's desk, or its jurisdiction's for a coordination office."""
    return messages(reader, "notice")


def messages(reader: Acting, *kinds: str) -> QuerySet[Message]:
    """Return the messages of some kinds to or from the reader's side, oldest first."""
    side = of_side("from_desk", reader) | of_side("to_desk", reader)
    return _with_desks(Message.objects.read_by(reader.desk).filter(side, kind__in=kinds))


def messages_in(reader: Acting, threads: Iterable[str], *kinds: str) -> list[Message]:
    """Return the messages of some kinds in these threads to or from the reader's side, oldest first.

    They are looked up by their threads alone, as `duties_in` looks duties up.
    """
    side = set(reader.side)
    rows = (
        Message.objects.read_by(reader.desk)
        .filter(thread__in=list(threads), kind__in=kinds)
        .order_by("sent_at", "seq")
    )
    found = [m for m in rows if side & {m.from_desk_id, m.to_desk_id}]
    desks = desks_of({desk for m in found for desk in (m.from_desk_id, m.to_desk_id)}) if found else {}
    for message in found:
        message.from_desk, message.to_desk = desks[message.from_desk_id], desks[message.to_desk_id]
    return found


def latest(reader: Acting, kind: str, limit: int) -> QuerySet[Message]:
    """Return the messages of a kind to or from the reader's side that were sent last, newest first.

    Both ends are asked for their last ones, each in the order of an index that holds all it takes.
    """
    newest = Message.objects.read_by(reader.desk).filter(kind=kind).order_by("-sent_at", "-id")
    either = Q(pk__in=[])
    for column in ("from_desk", "to_desk"):
        either |= Q(pk__in=newest.filter(of_side(column, reader)).values("pk")[:limit])
    return Message.objects.read_by(reader.desk).filter(either).order_by("-sent_at", "-id")[:limit]


def _with_desks(rows: QuerySet[Message]) -> QuerySet[Message]:
    parts = ("jurisdiction", "group", "role")
    return rows.select_related(
        *(f"{side}_desk__{part}" for side in ("from", "to") for part in parts)
    ).order_by("sent_at", "seq")


def sees_whole(reader: Looker, matter: Matter) -> bool:
    """Whether the reader sees the report itself: its desk reported it, must tell of it, or coordinates for such.

    Others see what they were told: the fields that a notice carried to them.
    """
    return matter.number in whole_of(reader, [matter.number])


def whole_of(reader: Looker, numbers: Iterable[str]) -> set[str]:
    """Return those of the matters that the reader sees whole; see `sees_whole`."""
    wanted = list(numbers)
    told = Event.objects.filter(matter__in=events.with_absorbed(wanted))
    pairs = told.values_list("by_desk_id", "matter_id", "matter__absorbed_by_id")
    own = {n for desk, *pair in pairs if _on_side(reader, desk) for n in pair if n} & set(wanted)
    to_tell = Duty.objects.filter(matter__in=wanted, purpose=Duty.Purpose.DO)
    bound = to_tell.values_list("bound_desk_id", "matter_id").distinct()
    return own | {number for desk, number in bound if number and _on_side(reader, desk)}


def _on_side(reader: Looker, desk: str) -> bool:
    """Whether a desk is the looker's own, or of the jurisdiction that its coordination office answers for."""
    if desk == reader.desk:
        return True
    return reader.desk.endswith("/coordination_office") and desk.startswith(f"{reader.jurisdiction}/")


def overdue(reader: Acting, now: datetime) -> int:
    """Return how many open duties of the reader's own desk are past due."""
    return Duty.objects.filter(bound_desk_id=reader.desk, state=Duty.State.OPEN, due_at__lt=now).count()


def clause(clause_id: str) -> Clause:
    """Return a clause by its id, or raise NotFound."""
    row = Clause.objects.select_related("version__instrument").filter(id=clause_id).first()
    if row is None:
        raise NotFound("no_such_clause", _("There is no such clause."))
    return row
