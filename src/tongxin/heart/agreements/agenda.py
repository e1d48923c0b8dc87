"""The agenda of the leaders' meeting: what stands on it, for whom, since when, and what meetings have resolved.

An item is put there by the last row of the escalation (`jobs`). Whether it stands there now is computed: its duty
stands, and no resolution keeps it off. A duty that ends closes its item by itself; a resolution whose day passes brings
it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import jobs, queries, rulebook, threads, wording
from tongxin.heart.agreements.models import AgendaItem, Duty, Resolution, Ring
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Mandate, Post, valid_on
from tongxin.shared import clock
from tongxin.shared.errors import NotFound
from tongxin.shared.named import Both, pick

COORDINATION = "coordination_office"
FIRST_YEAR, LAST_YEAR = 2000, 2200  # of a day that can be named
KINDS: dict[str, Any] = {
    Resolution.Kind.DATED: gettext_lazy("To be done by a day"),
    Resolution.Kind.RETURNED: gettext_lazy("Returned to the offices"),
    Resolution.Kind.NOTED: gettext_lazy("Taken note of"),
}
STATES: dict[str, Any] = {
    "standing": gettext_lazy("On the agenda"),
    "again": gettext_lazy("On the agenda again"),
    "resolved": gettext_lazy("Resolved"),
    "ended": gettext_lazy("Closed by itself"),
}


@dataclass(frozen=True)
class Rung:
    """A step of the escalation that was taken before: when, and whom it rang; nobody where no post was there."""

    step: str
    words: str
    at: datetime
    posts: tuple[str, ...]
    post_ids: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A resolution of a meeting, in words."""

    row: Resolution
    kind: str
    office: str
    post: str


@dataclass(frozen=True)
class Line:
    """An item as a list, a page or a sheet shows it."""

    item: AgendaItem
    duty: Duty
    called: Both  # the meeting
    state: str  # standing, again, resolved, ended
    seen: threads.Seen
    deadline: datetime  # the earliest of due and need; where an answer is owed, of the answer
    late: timedelta | None  # past the deadline; none where it is not
    rungs: tuple[Rung, ...]
    said: tuple[Said, ...]  # oldest first
    opens: bool  # the reader may open the duty's page
    records: bool  # the reader's office may record what the meeting resolved

    @property
    def meeting(self) -> str:
        """What the meeting is called, in the reader's language."""
        return str(self.called)

    @property
    def stands(self) -> bool:
        """Whether it is on the agenda now."""
        return self.state in {"standing", "again"}

    @property
    def answer(self) -> bool:
        """Whether it was delivered and the owed desk, not the bound one, has let its time to answer pass."""
        return _answer_due(self.duty) is not None

    @property
    def state_words(self) -> str:
        """The state in words."""
        return str(STATES[self.state])


def seen_by(reader: Acting) -> QuerySet[AgendaItem]:
    """Return the items whose duty the reader may see, and those on agendas that the reader's office keeps."""
    mine = Q(duty__bound_desk_id=reader.desk) | Q(duty__owed_desk_id=reader.desk)
    if reader.coordinates:
        place = reader.jurisdiction
        mine |= Q(duty__bound_desk__jurisdiction_id=place) | Q(duty__owed_desk__jurisdiction_id=place)
        mine |= Q(meeting__in=kept_by(reader))
    return AgendaItem.objects.filter(mine)


def kept_by(reader: Acting) -> list[str]:
    """Return the coordination desks that the reader's office staffs today: the agendas that it keeps."""
    if not reader.coordinates:
        return []
    own = Post.objects.filter(id=reader.post).values("office_id")
    desks = Mandate.objects.filter(
        valid_on(region.today()), office__in=own, kind=Mandate.Kind.SEAT, desk__role=COORDINATION
    )
    return list(desks.order_by("desk_id").values_list("desk_id", flat=True))


def one(reader: Acting, pk: int) -> AgendaItem:
    """Return one item the reader may see, or raise NotFound."""
    row = with_names(seen_by(reader).filter(pk=pk)).first()
    if row is None:
        raise NotFound(
            "no_such_agenda_item", _("There is no such agenda item, or your desk has no part in it.")
        )
    return row


def of_duty(duty: Duty, at: datetime) -> tuple[int | None, bool]:
    """Return the item that a duty was put on an agenda as, if any, and whether it stands there at an instant."""
    row = AgendaItem.objects.filter(duty=duty).prefetch_related("resolutions").first()
    if row is None:
        return None, False
    row.duty = duty
    return row.pk, state(row, clock.beijing(at).date()) in {"standing", "again"}


def with_names(rows: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Return the items with their duties, rings and resolutions; how many reads it takes does not grow with them."""
    duties = queries.with_names(Duty.objects.all()).prefetch_related(
        Prefetch("rings", queryset=Ring.objects.order_by("at", "id"))
    )
    resolutions = Resolution.objects.select_related(
        "desk__jurisdiction", "desk__group", "desk__role"
    ).order_by("met_on")
    return rows.prefetch_related(
        Prefetch("duty", queryset=duties), Prefetch("resolutions", queryset=resolutions)
    ).order_by("put_at", "id")


def standing(rows: QuerySet[AgendaItem], day: date) -> QuerySet[AgendaItem]:
    """Return those that stand on the agenda on a day: the duty stands, and no resolution keeps them off."""
    return rows.filter(~_kept_off(day), duty__state__in=Duty.STANDING)


def off(rows: QuerySet[AgendaItem], day: date) -> QuerySet[AgendaItem]:
    """Return the others: resolved, or closed by themselves because the duty ended."""
    return rows.filter(Q(_kept_off(day)) | Q(duty__state__in=Duty.TERMINAL))


def of_day(rows: QuerySet[AgendaItem], day: date) -> QuerySet[AgendaItem]:
    """Return what stood, or stands, on the agenda of a meeting on that day: put there by its end, not closed before.

    A day beyond all calendars has no meeting and no item.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return rows.none()
    begins, ends = rulebook.midnight(day), end_of(day)
    earlier = Resolution.objects.filter(_lasting(day), item=OuterRef("pk"), met_on__lt=day)
    open_then = Q(duty__ended_at__isnull=True) | Q(duty__ended_at__gte=begins)
    return rows.filter(~Exists(earlier), open_then, put_at__lt=ends)


def end_of(day: date) -> datetime:
    """Return the instant at which a day ends in Beijing."""
    return rulebook.midnight(day + timedelta(days=1))


def meetings(rows: QuerySet[AgendaItem]) -> dict[str, Both]:
    """Return the meetings that have items among these, by the desk that keeps the agenda, with their names."""
    desks = rows.order_by("meeting").values_list("meeting", flat=True).distinct()
    return names(desks)


def names(desks: Iterable[str]) -> dict[str, Both]:
    """Return how meetings are called, by the desk that keeps the agenda: after the group or the place."""
    places = {desk: desk.partition("/")[0] for desk in desks}
    found = wording.party_names(places.values()) if places else {}
    return {
        desk: Both(zh=f"{found[place].zh}座谈会", en=f"{found[place].en} leaders' meeting")  # not ui
        for desk, place in places.items()
    }


def lines(reader: Acting, rows: Sequence[AgendaItem], at: datetime) -> list[Line]:
    """Return items (of `with_names`) as lines; how late is told as of `at`."""
    duties = [row.duty for row in rows]
    seen = threads.of_duties(reader, duties)
    called = names({row.meeting for row in rows})
    posts = Post.objects.select_related("office").in_bulk(
        {ring.post for duty in duties for ring in duty.rings.all() if ring.post}
        | {resolution.post for row in rows for resolution in row.resolutions.all()}
    )
    kept = kept_by(reader)
    today = clock.beijing(at).date()
    return [
        Line(
            item=row,
            duty=row.duty,
            called=called[row.meeting],
            state=state(row, today),
            seen=seen[row.duty.thread],
            deadline=_deadline(row.duty),
            late=_late(row.duty, at),
            rungs=_rungs(row.duty, posts),
            said=tuple(_said(resolution, posts) for resolution in row.resolutions.all()),
            opens=_is_side(reader, row.duty),
            records=_records(reader, row, kept),
        )
        for row in rows
    ]


def state(item: AgendaItem, day: date) -> str:
    """Return how an item stands on a day; its duty and its resolutions must be at hand."""
    if item.duty.terminal:
        return "ended"
    resolutions = list(item.resolutions.all())
    if any(keeps_off(resolution, day) for resolution in resolutions):
        return "resolved"
    return "again" if resolutions else "standing"


def keeps_off(resolution: Resolution, day: date) -> bool:
    """Whether a resolution keeps its item off the agenda on a day: one without a day, or with a day to come."""
    return resolution.by_day is None or resolution.by_day >= day


def offices(item: AgendaItem) -> list[str]:
    """Return the coordination offices that may record a resolution: of both sides, and who keeps the agenda."""
    sides = (item.duty.bound_desk_id, item.duty.owed_desk_id)
    own = [f"{desk.partition('/')[0]}/{COORDINATION}" for desk in sides]
    return list(dict.fromkeys([*own, item.meeting]))


def keeper(item: AgendaItem, at: datetime) -> str:
    """Return the desk at which the office that keeps an item's agenda reads its bell: its own coordination desk."""
    try:
        return f"{region.office_of(item.meeting, at).jurisdiction_id}/{COORDINATION}"
    except NotFound:
        return item.meeting


def records(reader: Acting, item: AgendaItem) -> bool:
    """Whether the reader's office may record what the meeting resolved."""
    return _records(reader, item, kept_by(reader))


def url(pk: int) -> str:
    """Return the page of an item."""
    return f"/agenda/{pk}/"


def _lasting(day: date) -> Q:
    """Return the condition that a resolution still holds on a day; see `keeps_off`."""
    return Q(by_day__isnull=True) | Q(by_day__gte=day)


def _kept_off(day: date) -> Exists:
    return Exists(Resolution.objects.filter(_lasting(day), item=OuterRef("pk")))


def _answer_due(duty: Duty) -> datetime | None:
    """Return until when the owed desk was to answer, where what was delivered still waits for it."""
    return duty.answer_due_at if duty.state == Duty.State.CLAIMED else None


def _deadline(duty: Duty) -> datetime:
    return _answer_due(duty) or jobs.working_deadline(duty)


def _late(duty: Duty, at: datetime) -> timedelta | None:
    """Return how far past its deadline a duty was delivered, ended or stands, or its answer."""
    until = at if _answer_due(duty) else duty.delivered_at or duty.ended_at or at
    late = min(until, at) - _deadline(duty)
    return late if late > timedelta() else None


def _rungs(duty: Duty, posts: Mapping[str, Post]) -> tuple[Rung, ...]:
    """Return the steps that were taken, in the order of the ladder."""
    taken: dict[str, list[Ring]] = {}
    for ring in duty.rings.all():
        taken.setdefault(ring.step, []).append(ring)
    return tuple(
        Rung(
            step,
            wording.step_words(step),
            taken[step][0].at,
            tuple(_post(ring.post, posts) for ring in taken[step] if ring.post),
            tuple(ring.post for ring in taken[step] if ring.post),
        )
        for step in ("remind", *jobs.NAMES, *jobs.ANSWER_NAMES)
        if step in taken
    )


def _said(resolution: Resolution, posts: Mapping[str, Post]) -> Said:
    office = wording.desk_name(resolution.desk)
    row = posts.get(resolution.post)
    post = pick(row.name_zh, row.name_en) if row else resolution.post
    return Said(resolution, str(KINDS[resolution.kind]), str(office), post)


def _post(name: str, posts: Mapping[str, Post]) -> str:
    """Return a post with its office: several steps ring posts of the same name in two offices."""
    row = posts.get(name)
    if row is None:
        return name
    return pick(f"{row.office.short_zh}{row.name_zh}", f"{row.office.short_en}, {row.name_en.lower()}")


def _is_side(reader: Acting, duty: Duty) -> bool:
    """Whether the reader may open the duty; the rule of `queries.duties`."""
    desks = (duty.bound_desk, duty.owed_desk)
    if reader.coordinates:
        return any(desk.jurisdiction_id == reader.jurisdiction for desk in desks)
    return any(desk.id == reader.desk for desk in desks)


def _records(reader: Acting, item: AgendaItem, kept: Iterable[str]) -> bool:
    if not reader.coordinates:
        return False
    return reader.desk in offices(item) or item.meeting in kept
