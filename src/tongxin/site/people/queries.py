"""Reads of the administration: only what belongs to the jurisdiction of the administrator who asks."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import ADMINISTER, Seat, desks_of, today
from tongxin.heart.region.models import (
    Desk,
    Jurisdiction,
    Mandate,
    Office,
    OfficeToken,
    Person,
    Post,
    PostHolding,
    RosterShift,
    valid_on,
)
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotFound


def offices(reader: Acting, on: date | None = None) -> QuerySet[Office]:
    """Return the offices the reader keeps: an administrator all of the jurisdiction, others their own."""
    rows = Office.objects.filter(valid_on(on or today()), jurisdiction_id=reader.jurisdiction)
    if ADMINISTER not in reader.capabilities:
        rows = rows.filter(posts__id=reader.post)
    return rows.order_by("id")


def posts(reader: Acting) -> QuerySet[Post]:
    """Return the posts of those offices, in the order of escalation."""
    return (
        Post.objects.filter(office__in=offices(reader))
        .select_related("office__jurisdiction")
        .order_by("office_id", "rank", "id")
    )


def people(reader: Acting) -> QuerySet[Person]:
    """Return the logins that hold, or once held, a post of the reader's jurisdiction."""
    own = PostHolding.objects.filter(post__office__jurisdiction_id=reader.jurisdiction)
    held = own.select_related("post__office").order_by("valid_from", "id")
    return (
        Person.objects.filter(id__in=own.values("person_id"))
        .prefetch_related(Prefetch("holdings", held, to_attr="own_holdings"))
        .order_by("-is_active", "username")
    )


def desks(reader: Acting) -> list[tuple[Desk, Office | None, Mandate | None]]:
    """Return the desks of the reader's jurisdiction, who staffs each today, and the next office that was entered."""
    day = today()
    rows = Desk.objects.filter(jurisdiction_id=reader.jurisdiction).select_related("role", "jurisdiction")
    seats = Mandate.objects.filter(desk__in=rows, kind=Mandate.Kind.SEAT).select_related("office")
    now = {m.desk_id: m.office for m in seats.filter(valid_on(day))}
    coming = {m.desk_id: m for m in seats.filter(valid_from__gt=day).order_by("-valid_from")}
    return [(row, now.get(row.id), coming.get(row.id)) for row in rows.order_by("id")]


def seats(reader: Acting) -> list[Seat]:
    """Return every post of the jurisdiction with every desk it may act for."""
    day = today()
    desks = {o.id: desks_of(o.id, reader.jurisdiction, day) for o in offices(reader)}
    return [Seat(post, desk) for post in posts(reader) for desk in desks[post.office_id]]


def shifts(reader: Acting) -> QuerySet[RosterShift]:
    """Return the shifts of the jurisdiction's posts that are not over."""
    return (
        RosterShift.objects.filter(
            post__office__jurisdiction_id=reader.jurisdiction, until_at__gt=clock.now()
        )
        .select_related("post__office", "desk__jurisdiction", "desk__group", "desk__role")
        .order_by("from_at", "id")
    )


def tokens(reader: Acting) -> QuerySet[OfficeToken]:
    """Return the tokens of the jurisdiction's posts, newest first."""
    return (
        OfficeToken.objects.filter(post__office__jurisdiction_id=reader.jurisdiction)
        .select_related("post__office", "desk__jurisdiction", "desk__group", "desk__role")
        .order_by("-created_at", "-id")
    )


def post(reader: Acting, post_id: str) -> Post:
    """Return a post of the jurisdiction. Raises NotFound for any other."""
    row = posts(reader).filter(id=post_id).first()
    if row is None:
        raise NotFound("no_such_post", _("There is no such post in your jurisdiction."))
    return row


def seat(reader: Acting, post_id: str, desk_id: str) -> Seat:
    """Return a post of the jurisdiction at a desk its office staffs. Raises NotFound for any other."""
    row = post(reader, post_id)
    desk = next((d for d in desks_of(row.office_id, reader.jurisdiction, today()) if d.id == desk_id), None)
    if desk is None:
        raise NotFound("no_such_seat", _("The post's office does not staff this desk."))
    return Seat(row, desk)


def seat_anywhere(post_id: str, desk_id: str = "") -> Seat:
    """Return a post at a desk its office staffs, its first by default; for the operator. Raises NotFound."""
    row = Post.objects.filter(id=post_id).select_related("office__jurisdiction").first()
    if row is None:
        raise NotFound("no_such_post", _("There is no such post."))
    for desk in desks_of(row.office_id, row.office.jurisdiction_id, today()):
        if desk_id in {"", desk.id}:
            return Seat(row, desk)
    raise NotFound("no_such_seat", _("The post's office does not staff this desk."))


def person(reader: Acting, person_id: int) -> Person:
    """Return a login of the jurisdiction. Raises NotFound for any other."""
    row = people(reader).filter(id=person_id).first()
    if row is None:
        raise NotFound("no_such_person", _("There is no such login in your jurisdiction."))
    return row


def person_of_this_jurisdiction_only(reader: Acting, person_id: int) -> Person:
    """Return a login that acts for no other jurisdiction; who could reset it could act there in its name."""
    row = person(reader, person_id)
    elsewhere = PostHolding.objects.filter(person=row).exclude(
        post__office__jurisdiction_id=reader.jurisdiction
    )
    standing = elsewhere.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today()))
    if standing.exists() or row.administers_id not in {None, reader.jurisdiction}:
        raise Conflict(
            "shared_login",
            _("This login also acts for another jurisdiction."),
            todo=_("End its holdings here; the login itself is the other administrator's, too."),
        )
    return row


def holding(reader: Acting, holding_id: int) -> PostHolding:
    """Return a holding of a post of the jurisdiction. Raises NotFound for any other."""
    own = PostHolding.objects.filter(post__office__jurisdiction_id=reader.jurisdiction)
    row = own.filter(id=holding_id).select_related("post__office", "person").first()
    if row is None:
        raise NotFound("no_such_holding", _("There is no such holding in your jurisdiction."))
    return row


def shift(reader: Acting, shift_id: int) -> RosterShift:
    """Return a shift of a post of the jurisdiction. Raises NotFound for any other."""
    row = RosterShift.objects.filter(post__office__in=offices(reader), id=shift_id).first()
    if row is None:
        raise NotFound("no_such_shift", _("There is no such shift in your jurisdiction."))
    return row


def token(reader: Acting, token_id: int) -> OfficeToken:
    """Return a token of a post of the jurisdiction. Raises NotFound for any other."""
    row = tokens(reader).filter(id=token_id).first()
    if row is None:
        raise NotFound("no_such_token", _("There is no such token in your jurisdiction."))
    return row


def token_by_prefix(prefix: str) -> OfficeToken:
    """Return a token by how its secret begins; for the operator. Raises NotFound."""
    parts = prefix.split("_")
    row = OfficeToken.objects.filter(prefix=parts[1] if len(parts) > 1 else prefix).first()
    if row is None:
        raise NotFound("no_such_token", _("There is no such token."))
    return row


def login(username: str) -> Person:
    """Return a login by its user name; for the operator. Raises NotFound."""
    row = Person.objects.filter(username=username).first()
    if row is None:
        raise NotFound("no_such_person", _("There is no such login."))
    return row


def admin_post(jurisdiction_id: str) -> Post:
    """Return the post from which a jurisdiction is administered. Raises NotFound when its pack names none."""
    if not Jurisdiction.objects.filter(id=jurisdiction_id).exists():
        raise NotFound("no_such_jurisdiction", _("There is no such jurisdiction."))
    own = Post.objects.filter(office__jurisdiction_id=jurisdiction_id).select_related("office").order_by("id")
    found = next((p for p in own if ADMINISTER in p.capabilities), None)
    if found is None:
        raise NotFound(
            "no_admin_post",
            _("No office of this jurisdiction has an administrator's post."),
            todo=_("Add one to the region pack and load it."),
        )
    return found


def jurisdiction(reader: Acting) -> Jurisdiction:
    """Return the place that is administered."""
    return Jurisdiction.objects.get(id=reader.jurisdiction)
