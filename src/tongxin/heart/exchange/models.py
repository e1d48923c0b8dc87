"""Tables of exchange: channels, messages, idempotency keys, notifications, the outbox, and the lines to other nodes."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from tongxin.shared.guarded import Guarded


class Channel(models.Model):
    """A one-way numbered line from node to node; in one database it loops back."""

    from_node = models.CharField(max_length=40)
    to_node = models.CharField(max_length=40)
    last_seq = models.BigIntegerField(default=0)  # sent: given last; received: stored without a gap
    done_seq = models.BigIntegerField(default=0)  # sent: the peer has them; received: applied or refused

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

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="one_seq_per_channel")]
        indexes = [  # each end's last messages of a kind
            models.Index(fields=["from_desk", "kind", "sent_at", "id"], name="messages_by_sender"),
            models.Index(fields=["to_desk", "kind", "sent_at", "id"], name="messages_by_receiver"),
        ]


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

    class Meta:
        indexes = [
            models.Index(fields=["desk", "at", "id"], name="rings_by_desk"),
            models.Index(  # what nobody has looked at: few, counted on every page
                fields=["desk", "at", "id", "post"],
                condition=models.Q(read_at=None),
                name="unread_rings_by_desk",
            ),
        ]


class Subscription(models.Model):
    """That the rings of a desk also go to a system outside: over which connector, where to, of which kinds."""

    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="subscriptions")
    connector = models.CharField(max_length=20)  # webhook, email …: a name in `senders`
    target = models.CharField(max_length=400)  # an address of that connector
    secret = models.CharField(max_length=200, blank=True)  # sealed (`sealing`); empty where nothing is signed
    kinds = models.JSONField(default=list)  # kinds of rings that are wanted; empty: all
    active = models.BooleanField(default=True)
    created_by = models.CharField(max_length=120)  # the post
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "connector", "target"], name="one_subscription_per_target"
            )
        ]


class Delivery(models.Model):
    """A row of the outbox: one ring on its way to one subscription. Sent at least once, under one id."""

    class State(models.TextChoices):
        PENDING = "pending"
        LEASED = "leased"  # somebody is sending it, until `lease_until` at the latest
        SENT = "sent"
        DEAD = "dead"  # given up; it waits here for somebody to replay it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=40)
    thread = models.CharField(max_length=80)  # matter:M-… or case:WT-…; empty where it is about neither
    payload = models.JSONField()  # all that leaves, as it was when it was written
    dedupe = models.CharField(max_length=240, unique=True)
    drill = models.BooleanField(default=False)  # never true: see the constraint
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)  # since it was written or last replayed
    next_at = models.DateTimeField()  # when it is tried next, while it is pending
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=200, blank=True)  # a code, with a detail after a colon
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(drill=False), name="nothing_of_a_drill_leaves"),
        ]
        indexes = [
            models.Index(fields=["state", "next_at"], name="outbox_by_turn"),
            models.Index(fields=["subscription", "created_at"], name="outbox_by_subscription"),
        ]


class Attempt(models.Model):
    """One try to send a delivery; one without an end was cut short, and whether it arrived nobody knows."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        FAILED = "failed"
        CUT_SHORT = "cut_short"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="history")
    number = models.PositiveIntegerField()  # from 1, through all replays
    target = models.CharField(max_length=400)  # of the subscription, as it was then
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_number")]


class Peer(models.Model):
    """Another node that this one has a line to, and the line as it stands; instants are this node's."""

    name = models.CharField(primary_key=True, max_length=40)
    address = models.CharField(max_length=200)  # https://host[:port], without a path
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)  # the post
    knows_us = models.BooleanField(default=False)  # its last answer says that it has confirmed our key
    next_at = models.DateTimeField()  # no try before
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)  # since the last answer
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)  # a code, with a detail after a colon
    last_sent_at = models.DateTimeField(null=True, blank=True)  # something, taken or not
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)  # a batch of theirs
    skew_ms = models.BigIntegerField(null=True, blank=True)  # their clock less ours
    skew_at = models.DateTimeField(null=True, blank=True)


class PeerKey(models.Model):
    """A public key that a peer showed. It counts from its confirmation; later ones replace it, none is forgotten."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=64)  # SHA-256 of the public key, in hex
    algorithm = models.CharField(max_length=20)
    public_key = models.BinaryField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=120, blank=True)  # the post
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["peer", "key_id"], name="one_row_per_key"),
            models.UniqueConstraint(
                fields=["peer"],
                condition=models.Q(confirmed_at__isnull=False, replaced_at=None),
                name="one_key_counts",
            ),
        ]


class DeskHome(models.Model):
    """That a desk works at another node; one without a row works here."""

    desk = models.OneToOneField(
        "region.Desk", primary_key=True, on_delete=models.PROTECT, related_name="home"
    )
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="desks")
    placed_at = models.DateTimeField()


class Envelope(models.Model):
    """What crosses a line between two nodes: the signed bytes, and how far it came."""

    class State(models.TextChoices):
        WAITING = "waiting"  # sent by us: the peer has not said that it has it
        ARRIVED = "arrived"  # sent by us: the peer has it
        STORED = "stored"  # received: not applied yet
        APPLIED = "applied"  # received
        UNKNOWN = "unknown"  # received, and nothing here knows what to do with this kind
        REFUSED = "refused"  # either way: it was not applied, and `reason` says why

    ON_THE_WAY = (State.WAITING, State.STORED)

    id = models.UUIDField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="envelopes")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    from_desk = models.CharField(max_length=80, blank=True)  # empty: of the node itself
    to_desk = models.CharField(max_length=80, blank=True)
    thread = models.CharField(max_length=80)
    text = models.BinaryField()  # the canonical bytes that are signed; empty once what they held is erased
    signature = models.CharField(max_length=200)  # algorithm, key, value
    state = models.CharField(max_length=8, choices=State.choices)
    reason = models.CharField(max_length=80, blank=True)  # a code
    at = models.DateTimeField()  # sent by us: written; received: stored
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="one_envelope_per_seq")]
        indexes = [models.Index(fields=["channel", "state", "seq"], name="envelopes_by_state")]
