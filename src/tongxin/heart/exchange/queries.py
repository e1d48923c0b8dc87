"""Reads of exchange: the inbox and the notifications of a desk, for that desk only."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tongxin.heart.exchange.models import Message, Notification
from tongxin.heart.region.acting import Acting


def inbox(reader: Acting) -> QuerySet[Message]:
    """Return the messages to the reader's desk, newest first."""
    return (
        Message.objects.filter(to_desk_id=reader.desk)
        .select_related("from_desk__jurisdiction", "from_desk__role", "to_desk")
        .order_by("-sent_at")
    )


def notifications(reader: Acting) -> QuerySet[Notification]:
    """Return the rings for the reader's desk, or for the reader's own post there, newest first."""
    return (
        Notification.objects.filter(desk_id=reader.desk)
        .filter(Q(post__isnull=True) | Q(post_id=reader.post))
        .order_by("-at", "-id")
    )


def unread_count(reader: Acting) -> int:
    """Return how many rings nobody has looked at."""
    return notifications(reader).filter(read_at__isnull=True).count()
