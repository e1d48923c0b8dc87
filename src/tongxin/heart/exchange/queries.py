"""Reads of exchange: inbox and notifications of a desk, for that desk only; outbox and subscriptions, for their keeper.

Who keeps the outbox of a jurisdiction: its administrator, and who registers its agreements (the coordinator).
"""

from __future__ import annotations

import uuid

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange.models import Delivery, Message, Notification, Subscription
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import ADMINISTER
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import NotFound

REGISTER = "register_agreement"


def inbox(reader: Acting) -> QuerySet[Message]:
    """Return the messages to the reader's desk, newest first."""
    return (
        Message.objects.read_by(reader.desk)
        .filter(to_desk_id=reader.desk)
        .select_related("from_desk__jurisdiction", "from_desk__role", "to_desk")
        .order_by("-sent_at")
    )


def notifications(reader: Acting) -> QuerySet[Notification]:
    """Return the rings for the reader's desk, or for the reader's own post there, newest first.

    Who stands in for a post is reached in their own seat, too, by what rings that post alone.
    """
    rings = Notification.objects.order_by("-at", "-id")
    here = Q(desk_id=reader.desk) & (Q(post__isnull=True) | Q(post_id=reader.post))
    for post, desk in reader.also:
        here |= Q(desk_id=desk, post_id=post)
    return rings.filter(here)


def unread_count(reader: Acting) -> int:
    """Return how many rings nobody has looked at."""
    return notifications(reader).filter(read_at__isnull=True).count()


def keeps_outbox(reader: Acting) -> bool:
    """Tell whether the reader's post keeps the outbox of its jurisdiction."""
    return bool(reader.capabilities & {ADMINISTER, REGISTER})


def need_keeper(reader: Acting) -> None:
    """Raise NotAllowed unless the reader's post keeps the outbox."""
    if not keeps_outbox(reader):
        reader.need(REGISTER)


def own_desks(reader: Acting) -> QuerySet[Desk]:
    """Return the desks of the reader's jurisdiction."""
    return (
        Desk.objects.filter(jurisdiction_id=reader.jurisdiction)
        .select_related("jurisdiction", "group", "role")
        .order_by("id")
    )


def subscriptions(reader: Acting) -> QuerySet[Subscription]:
    """Return the subscriptions of the jurisdiction's desks, with how many deliveries wait and are dead."""
    need_keeper(reader)
    waiting = Q(deliveries__state__in=[Delivery.State.PENDING, Delivery.State.LEASED])
    return (
        Subscription.objects.filter(desk__jurisdiction_id=reader.jurisdiction)
        .select_related("desk__jurisdiction", "desk__group", "desk__role")
        .annotate(
            waiting=Count("deliveries", filter=waiting),
            dead=Count("deliveries", filter=Q(deliveries__state=Delivery.State.DEAD)),
            last_sent_at=Max("deliveries__sent_at"),
        )
        .order_by("desk_id", "connector", "id")
    )


def subscription(reader: Acting, subscription_id: int) -> Subscription:
    """Return one subscription of the jurisdiction. Raises NotFound for any other."""
    row = subscriptions(reader).filter(pk=subscription_id).first()
    if row is None:
        raise NotFound("no_such_subscription", _("There is no such subscription in your jurisdiction."))
    return row


def outbox(
    reader: Acting, *, state: str = "", subscription: int | None = None, desk: str = ""
) -> QuerySet[Delivery]:
    """Return the deliveries of the jurisdiction's desks, newest first; each filter that is given must fit."""
    need_keeper(reader)
    rows = Delivery.objects.filter(subscription__desk__jurisdiction_id=reader.jurisdiction)
    if state:
        rows = rows.filter(state=state)
    if subscription is not None:
        rows = rows.filter(subscription_id=subscription)
    if desk:
        rows = rows.filter(subscription__desk_id=desk)
    return rows.select_related(
        "subscription__desk__jurisdiction", "subscription__desk__group", "subscription__desk__role"
    ).order_by("-created_at", "-id")


def outbox_counts(reader: Acting) -> dict[str, int]:
    """Return how many deliveries of the jurisdiction are in each state."""
    rows = outbox(reader).order_by().values_list("state").annotate(n=Count("id"))
    return dict.fromkeys(Delivery.State.values, 0) | dict(rows)


def delivery(reader: Acting, delivery_id: str) -> Delivery:
    """Return one delivery of the jurisdiction. Raises NotFound for any other."""
    try:
        wanted = uuid.UUID(delivery_id)
    except ValueError:
        wanted = uuid.UUID(int=0)
    row = outbox(reader).filter(pk=wanted).first()
    if row is None:
        raise NotFound("no_such_delivery", _("There is no such delivery in your jurisdiction."))
    return row
