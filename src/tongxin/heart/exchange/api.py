"""API of the outbox: subscriptions of the jurisdiction's desks, what goes out for them, replay of what was given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from tongxin.heart.exchange import keeping, outbox, queries, senders
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Line,
    Number,
    PageSize,
    Word,
)
from tongxin.heart.exchange.models import Attempt, Delivery, Subscription
from tongxin.shared import clock

router = Router(tags=["outbox"])

States = Literal["pending", "leased", "sent", "dead"]


class ConnectorOut(Schema):
    """A way out that this installation has."""

    name: str
    signed: bool = Field(description="Deliveries carry a signature under the subscription's secret.")
    available: bool = Field(description="The operator has set it up.")


class WaysOutOut(Schema):
    """What a subscription may choose among."""

    connectors: list[ConnectorOut]
    kinds: list[str] = Field(description="The kinds of rings that can be wanted.")


class SubscriptionOut(Schema):
    """That the rings of a desk also go to a system outside. Its secret is never shown again."""

    id: int
    desk: str
    connector: str
    target: str
    kinds: list[str] = Field(description="Wanted kinds; empty: all.")
    active: bool
    waiting: int
    dead: int
    created_at: str
    created_by: str
    changed_at: str
    url: str


class SubscriptionIn(Schema):
    """Which desk, over which connector, where to, which kinds."""

    desk: Word
    connector: Word
    target: Line
    kinds: list[Word] = Field(default_factory=list, max_length=100)


class ChangeIn(Schema):
    """Where to and which kinds from now on; `new_secret` makes the old one worthless at once."""

    target: Line
    kinds: list[Word] = Field(default_factory=list, max_length=100)
    new_secret: bool = False


class SubscribedOut(Schema):
    """The subscription; `secret` stands in this one answer only, null where there is none or it was shown before."""

    subscription: int
    secret: str | None
    url: str


class StateOut(Schema):
    """Whether it runs now, and how many deliveries wait for it."""

    subscription: int
    active: bool
    waiting: int


class RingWords(Schema):
    """The words of the ring in both languages."""

    zh: str
    en: str


class DeliveryOut(Schema):
    """One ring on its way to one subscription. Instants are Beijing time with their offset."""

    id: UUID
    subscription: int
    desk: str
    connector: str
    kind: str
    thread: str
    words: RingWords
    state: States
    attempts: int = Field(description="Since it was written or last replayed.")
    last_error: str = Field(description="A code, with a detail after a colon, such as http:503.")
    created_at: str
    next_at: str | None
    sent_at: str | None
    illustrative: bool
    url: str


class AttemptOut(Schema):
    """One try; without an end it runs, or was cut short and nobody knows whether it arrived."""

    number: int
    target: str
    began_at: str
    ended_at: str | None
    outcome: str = Field(description="sent, failed, cut_short, or empty while it runs")
    error: str


class DeliveryWhole(DeliveryOut):
    """A delivery with its payload and each attempt."""

    payload: dict[str, Any]
    history: list[AttemptOut]


class OutboxOut(Schema):
    """A page of deliveries, newest first; `next_offset` leads on."""

    total: int
    next_offset: int | None
    deliveries: list[DeliveryOut]


class OutboxFilter(Schema):
    """Which deliveries are wanted; all that is given must fit."""

    state: States | None = None
    subscription: Number | None = None
    desk: Word | None = None
    limit: PageSize = 100
    offset: Number = 0


class ReplayedOut(Schema):
    """How many deliveries are sent again."""

    replayed: int


@router.get("/connectors", response={200: WaysOutOut, **READ_PROBLEMS}, operation_id="list_connectors")
def list_connectors(request: Call) -> dict[str, Any]:
    """List the ways out and the kinds of rings that a subscription may choose among."""
    return {
        "connectors": [
            {"name": each.name, "signed": each.signed, "available": each.available()}
            for each in senders.known()
        ],
        "kinds": list(outbox.kinds()),
    }


@router.get(
    "/subscriptions",
    response={200: list[SubscriptionOut], **READ_PROBLEMS},
    operation_id="list_subscriptions",
)
def list_subscriptions(request: Call) -> list[dict[str, Any]]:
    """List the subscriptions of the own desks. Needs `register_agreement` or `administer`, as all of the outbox."""
    return [_subscription(row) for row in queries.subscriptions(request.auth)]


@router.post(
    "/subscriptions", response={201: SubscribedOut, **WRITE_PROBLEMS}, operation_id="make_subscription"
)
def make_subscription(
    request: Call, body: SubscriptionIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Send the rings of a desk of the own jurisdiction also to a system outside."""
    once = keeping.subscribe(
        by=request.auth,
        key=key,
        desk=body.desk,
        connector=body.connector,
        target=body.target,
        kinds=[str(kind) for kind in body.kinds],
    )
    response["Location"] = _url(once)
    return Status(201, {**once.result, "secret": once.secret, "url": _url(once)})


@router.get(
    "/subscriptions/{subscription}",
    response={200: SubscriptionOut, **READ_PROBLEMS},
    operation_id="show_subscription",
)
def show_subscription(request: Call, subscription: Number) -> dict[str, Any]:
    """Show one subscription of the jurisdiction."""
    return _subscription(queries.subscription(request.auth, subscription))


@router.post(
    "/subscriptions/{subscription}/change",
    response={201: SubscribedOut, **WRITE_PROBLEMS},
    operation_id="change_subscription",
)
def change_subscription(
    request: Call, subscription: Number, body: ChangeIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Change where it goes, what it wants, or its secret; what waits goes to the new target."""
    once = keeping.change(
        by=request.auth,
        key=key,
        subscription=subscription,
        target=body.target,
        kinds=[str(kind) for kind in body.kinds],
        new_secret=body.new_secret,
    )
    return Status(201, {**once.result, "secret": once.secret, "url": _url(once)})


@router.post(
    "/subscriptions/{subscription}/stop",
    response={201: StateOut, **WRITE_PROBLEMS},
    operation_id="stop_subscription",
)
def stop_subscription(request: Call, subscription: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Stop it: nothing more is written for it, and what waits is kept unsent."""
    return Status(201, keeping.set_active(by=request.auth, key=key, subscription=subscription, active=False))


@router.post(
    "/subscriptions/{subscription}/resume",
    response={201: StateOut, **WRITE_PROBLEMS},
    operation_id="resume_subscription",
)
def resume_subscription(request: Call, subscription: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Resume a stopped one; what was kept is sent."""
    return Status(201, keeping.set_active(by=request.auth, key=key, subscription=subscription, active=True))


@router.post(
    "/subscriptions/{subscription}/replay",
    response={201: ReplayedOut, **WRITE_PROBLEMS},
    operation_id="replay_subscription",
)
def replay_subscription(request: Call, subscription: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Send everything again that was given up for this subscription."""
    return Status(201, keeping.replay_all(by=request.auth, key=key, subscription=subscription))


@router.get("/outbox", response={200: OutboxOut, **READ_PROBLEMS}, operation_id="list_outbox")
def list_outbox(request: Call, wanted: Query[OutboxFilter]) -> dict[str, Any]:
    """List what goes out for the jurisdiction's desks."""
    rows = queries.outbox(
        request.auth, state=wanted.state or "", subscription=wanted.subscription, desk=wanted.desk or ""
    )
    total = rows.count()
    end = wanted.offset + wanted.limit
    page = rows[wanted.offset : end] if wanted.offset < total else []
    return {
        "total": total,
        "next_offset": end if end < total else None,
        "deliveries": [_delivery(row) for row in page],
    }


@router.get(
    "/outbox/{delivery}", response={200: DeliveryWhole, **READ_PROBLEMS}, operation_id="show_delivery"
)
def show_delivery(request: Call, delivery: UUID) -> dict[str, Any]:
    """Show one delivery: all that leaves, and how each attempt went."""
    row = queries.delivery(request.auth, str(delivery))
    history = [_attempt(each) for each in row.history.order_by("number")]
    return _delivery(row) | {"payload": row.payload, "history": history}


@router.post(
    "/outbox/{delivery}/replay", response={201: ReplayedOut, **WRITE_PROBLEMS}, operation_id="replay_delivery"
)
def replay_delivery(request: Call, delivery: UUID, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Send a delivery again that was given up, under the same id."""
    return Status(201, keeping.replay(by=request.auth, key=key, delivery=str(delivery)))


def _subscription(row: Subscription) -> dict[str, Any]:
    return {
        "id": row.pk,
        "desk": row.desk_id,
        "connector": row.connector,
        "target": row.target,
        "kinds": row.kinds,
        "active": row.active,
        "waiting": row.waiting,  # type: ignore[attr-defined]
        "dead": row.dead,  # type: ignore[attr-defined]
        "created_at": _local(row.created_at),
        "created_by": row.created_by,
        "changed_at": _local(row.changed_at),
        "url": f"/api/v1/subscriptions/{row.pk}",
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "subscription": row.subscription_id,
        "desk": row.subscription.desk_id,
        "connector": row.subscription.connector,
        "kind": row.kind,
        "thread": row.thread,
        "words": row.payload["words"],
        "state": row.state,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "created_at": _local(row.created_at),
        "next_at": _local(row.next_at) if row.state == Delivery.State.PENDING else None,
        "sent_at": _local(row.sent_at),
        "illustrative": row.payload["illustrative"],
        "url": f"/api/v1/outbox/{row.pk}",
    }


def _attempt(each: Attempt) -> dict[str, Any]:
    return {
        "number": each.number,
        "target": each.target,
        "began_at": _local(each.began_at),
        "ended_at": _local(each.ended_at),
        "outcome": each.outcome,
        "error": each.error,
    }


def _url(once: keeping.Once) -> str:
    return f"/api/v1/subscriptions/{once.result['subscription']}"


def _local(at: datetime | None) -> str | None:
    """Return an instant as Beijing time with its offset."""
    return clock.beijing(at).isoformat(timespec="seconds") if at else None
