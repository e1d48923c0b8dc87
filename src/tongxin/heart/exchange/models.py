"""Tables of exchange: channels, messages, idempotency keys, notifications."""

from __future__ import annotations

import uuid

from django.db import models


class Channel(models.Model):
    """A one-way numbered line from node to node; in one database it loops back."""

    from_node = models.CharField(max_length=40)
    to_node = models.CharField(max_length=40)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["from_node", "to_node"], name="one_channel")]


class Message(models.Model):
    """What one desk tells another. Sent once, stored once by id, numbered without gap in its channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="messages")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)  # notice, confirm, offer, accept, refuse, recall …
    from_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="sent")
    to_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="inbox")
    thread = models.CharField(max_length=80, db_index=True)  # matter:M-… or case:WT-…
    epoch = models.PositiveIntegerField(default=0)  # of the case, when there is one
    in_reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    basis = models.CharField(max_length=160)
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    drill = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="one_seq_per_channel")]


class IdempotencyKey(models.Model):
    """A command that was given; the same key again gives the same answer and no second effect."""

    scope = models.CharField(max_length=120)  # the post that acts
    key = models.CharField(max_length=80)
    act = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_key_per_post")]


class Notification(models.Model):
    """Something a desk, or one post of it, should look at. `dedupe` keeps one ring from ringing twice."""

    desk = models.ForeignKey("region.Desk", on_delete=models.CASCADE, related_name="notifications")
    post = models.ForeignKey("region.Post", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    dedupe = models.CharField(max_length=200, unique=True)
