"""Reads of agreements: the register, duties and matters that a reader may see, and why a duty stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook, signers
from tongxin.heart.agreements.models import Clause, Duty, Instrument, InstrumentVersion
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.sights import Looker
from tongxin.heart.region.acting import Acting
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
    return [row for row in rows.order_by("-number") if signers.may_see(reader, row, on)]


def _may_see(reader: Acting) -> Q:
    """Return the duties a reader may see: those of the own desk; a coordination office sees its jurisdiction's."""
    if reader.coordinates:
        return Q(bound_desk__jurisdiction_id=reader.jurisdiction) | Q(
            owed_desk__jurisdiction_id=reader.jurisdiction
        )
    return Q(bound_desk_id=reader.desk) | Q(owed_desk_id=reader.desk)


def duties(reader: Acting) -> QuerySet[Duty]:
    """Return the duties the reader may see, by due."""
    return with_names(Duty.objects.filter(_may_see(reader))).order_by("due_at", "id")


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

    A coordination office sees those that any desk of its jurisdiction reported or has a duty in.
    """
    if reader.coordinates:
        own = Event.objects.filter(by_desk__jurisdiction_id=reader.jurisdiction).values("matter_id")
    else:
        own = Event.objects.filter(by_desk_id=reader.desk).values("matter_id")
    shared = Duty.objects.filter(_may_see(reader), matter__isnull=False).values("matter_id")
    absorbing = Matter.objects.filter(number__in=own, absorbed_by__isnull=False).values("absorbed_by_id")
    seen = Q(number__in=own) | Q(number__in=shared) | Q(number__in=absorbing)
    return Matter.objects.filter(seen).order_by("-opened_at")


def matter(reader: Acting, number: str) -> Matter:
    """Return one matter the reader may see, or raise NotFound."""
    row = Matter.objects.filter(number=number).first()
    if row is None or not _has_part(reader, number):
        raise NotFound(
            "no_such_matter",
            _("There is no such matter, or your desk has no part in it."),
            todo=_("Check the number; ask the desk that told you of it."),
        )
    return row


def _has_part(reader: Acting, number: str) -> bool:
    """Tell of one matter whether `matters` lists it: a duty in it, or it or one that it absorbed was reported."""
    if Duty.objects.filter(_may_see(reader), matter_id=number).exists():
        return True
    own = Q(by_desk__jurisdiction_id=reader.jurisdiction) if reader.coordinates else Q(by_desk_id=reader.desk)
    return Event.objects.filter(own, matter__in=events.with_absorbed([number])).exists()


def notices(reader: Acting) -> QuerySet[Message]:
    """Return the notices to or from the reader's desk, or its jurisdiction's for a coordination office."""
    return messages(reader, "notice")


def messages(reader: Acting, *kinds: str) -> QuerySet[Message]:
    """Return the messages of some kinds to or from the reader's side, oldest first."""
    if reader.coordinates:
        side = Q(from_desk__jurisdiction_id=reader.jurisdiction) | Q(
            to_desk__jurisdiction_id=reader.jurisdiction
        )
    else:
        side = Q(from_desk_id=reader.desk) | Q(to_desk_id=reader.desk)
    return (
        Message.objects.filter(side, kind__in=kinds)
        .select_related(
            *(f"{side}_desk__{part}" for side in ("from", "to") for part in ("jurisdiction", "group", "role"))
        )
        .order_by("sent_at", "seq")
    )


def sees_whole(reader: Looker, matter: Matter) -> bool:
    """Whether the reader sees the report itself: its desk reported it, must tell of it, or coordinates for such.

    Others see what they were told: the fields that a notice carried to them.
    """
    return matter.number in whole_of(reader, [matter.number])


def whole_of(reader: Looker, numbers: Iterable[str]) -> set[str]:
    """Return those of the matters that the reader sees whole; see `sees_whole`."""
    if reader.desk.endswith("/coordination_office"):
        reported = Q(by_desk__jurisdiction_id=reader.jurisdiction)
        bound = Q(bound_desk__jurisdiction_id=reader.jurisdiction)
    else:
        reported, bound = Q(by_desk_id=reader.desk), Q(bound_desk_id=reader.desk)
    wanted = list(numbers)
    told = Event.objects.filter(reported, matter__in=events.with_absorbed(wanted))
    pairs = told.values_list("matter_id", "matter__absorbed_by_id")
    own = {n for pair in pairs for n in pair if n} & set(wanted)
    to_tell = Duty.objects.filter(bound, matter__in=wanted, purpose=Duty.Purpose.DO)
    return own | {number for number in to_tell.values_list("matter_id", flat=True) if number}


def overdue(reader: Acting, now: datetime) -> int:
    """Return how many open duties of the reader's own desk are past due."""
    return Duty.objects.filter(bound_desk_id=reader.desk, state=Duty.State.OPEN, due_at__lt=now).count()


def clause(clause_id: str) -> Clause:
    """Return a clause by its id, or raise NotFound."""
    row = Clause.objects.select_related("version__instrument").filter(id=clause_id).first()
    if row is None:
        raise NotFound("no_such_clause", _("There is no such clause."))
    return row
