"""In which seats a person may act today: a post held, at a desk that the post's office staffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, Mandate, Person, Post, PostHolding, Substitution, valid_on
from tongxin.shared import clock
from tongxin.shared.statements import fixed

ADMINISTER = "administer"
FALLBACK_ROLE = "coordination_office"


@dataclass(frozen=True)
class Seat:
    """A post and one desk it may act for; held, or by a substitution while its holder is away."""

    post: Post
    desk: Desk
    substitution: Substitution | None = None

    @property
    def code(self) -> str:
        """Return the seat as one word, for forms and the session."""
        return f"{self.post.id}@{self.desk.id}"


def today() -> date:
    """Return the day in Beijing; validity changes at its midnight."""
    return clock.beijing(clock.now()).date()


def desks_of(office_id: str, jurisdiction_id: str, on: date) -> list[Desk]:
    """Return the desks an office staffs on a day; a coordination office also those that nobody staffs."""
    return _desks_of({office_id: jurisdiction_id}, on)[office_id]


def staffs(office_id: str, jurisdiction_id: str, desk_id: str, on: date) -> bool:
    """Tell whether an office staffs a desk on a day; see `desks_of`."""
    if _mandates(office_id, desk_id, on):
        return True
    return any(desk.id == desk_id for desk in desks_of(office_id, jurisdiction_id, on))


@fixed
def _mandates(office_id: str, desk_id: str, on: date) -> QuerySet[Mandate, int]:
    rows = Mandate.objects.filter(valid_on(on), office_id=office_id, desk_id=desk_id)
    return rows.values_list("id", flat=True)[:1]


def _desks_of(offices: Mapping[str, str], on: date) -> dict[str, list[Desk]]:
    """Return the desks that offices (id → jurisdiction) staff on a day, by office: two reads for however many."""
    found: dict[str, dict[str, Desk]] = {office: {} for office in offices}
    for row in _mandates_of(list(offices), on):
        found[row.office_id][row.desk_id] = row.desk
    all_of = {
        office: place
        for office, place in offices.items()
        if any(d.role_id == FALLBACK_ROLE and d.jurisdiction_id == place for d in found[office].values())
    }
    for desk in _unstaffed(sorted(set(all_of.values())), on):
        for office, place in all_of.items():
            if place == desk.jurisdiction_id:
                found[office].setdefault(desk.id, desk)
    return {office: list(desks.values()) for office, desks in found.items()}


@fixed
def _mandates_of(offices: list[str], on: date) -> QuerySet[Mandate]:
    rows = Mandate.objects.filter(valid_on(on), office_id__in=offices).order_by("desk_id")
    return rows.select_related("desk__jurisdiction", "desk__group", "desk__role")


@fixed
def _unstaffed(places: list[str], on: date) -> QuerySet[Desk]:
    """Return the desks of jurisdictions that no office staffs on a day, by id."""
    staffed = Mandate.objects.filter(valid_on(on), kind=Mandate.Kind.SEAT).values("desk_id")
    rows = Desk.objects.filter(jurisdiction_id__in=places).exclude(id__in=staffed)
    return rows.select_related("jurisdiction", "group", "role").order_by("id")


def seats_of(person: Person, on: date | None = None) -> list[Seat]:
    """Return every seat a person may act in on a day, by post and desk; those of somebody who is away come last.

    Who holds no post stands in for nobody, and nobody for who no longer holds the post.
    """
    day = on or today()
    posts = _posts_of(person.pk, day)
    if not posts or not posts[0].own:
        return []
    lent = () if posts[-1].own else substitutions(day).filter(stand_in=person).order_by("-id")
    by_post = {row.post_id: row for row in lent}
    desks = _desks_of({post.office_id: post.office.jurisdiction_id for post in posts}, day)
    return [
        Seat(post, desk, None if post.own else by_post.get(post.id))
        for post in posts
        for desk in desks[post.office_id]
    ]


@fixed
def _posts_of(person: int, on: date) -> QuerySet[Any, Any]:
    """Return the posts that a person holds (`own`), and after them those that they stand in for."""
    held = PostHolding.objects.filter(valid_on(on), person=person).values("post_id")
    lent = substitutions(on).filter(stand_in=person).values("post_id")
    rows = Post.objects.filter(valid_on_office(on), Q(id__in=held) | Q(id__in=lent))
    rows = rows.select_related("office__jurisdiction").annotate(own=Q(id__in=held))
    return rows.order_by("-own", "id")


def substitutions(on: date) -> QuerySet[Substitution]:
    """Return the substitutions that stand on a day: not ended, and of somebody who holds the post then."""
    holds = PostHolding.objects.filter(valid_on(on), post=OuterRef("post"), person=OuterRef("absent"))
    return Substitution.objects.filter(valid_on(on), Exists(holds), ended_at__isnull=True)


def valid_on_office(on: date) -> Q:
    """Return the condition that a post's office stands on a day."""
    return Q(office__valid_from__lte=on) & (
        Q(office__valid_until__isnull=True) | Q(office__valid_until__gt=on)
    )


def acting_in(
    seat: Seat, *, person: Person | None = None, via: str = "screen", also: tuple[tuple[str, str], ...] = ()
) -> Acting:
    """Return the actor of a seat. Only a person bound to the office's jurisdiction may administer it."""
    lent = seat.substitution
    capabilities = frozenset(seat.post.capabilities)
    jurisdiction = seat.post.office.jurisdiction_id
    if person is None or person.administers_id != jurisdiction:
        capabilities -= {ADMINISTER}
    return Acting(
        post=seat.post.id,
        desk=seat.desk.id,
        jurisdiction=jurisdiction,
        capabilities=capabilities,
        person_id=person.pk if person else None,
        via=via,
        stand_in=lent.pk if lent else None,
        absent_id=lent.absent_id if lent else None,
        own_post=lent.own_post if lent else "",
        also=also,
    )
