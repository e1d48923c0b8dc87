"""The dispatcher: takes what is due in the outbox under a lease, sends it outside any transaction, notes how it went.

At least once: who dies between sending and writing it down leaves a lease that runs out, and the delivery is sent
again under the same id. A receiver tells the second from the first by that id.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.db.models import Max, Q, QuerySet

from tongxin.heart.exchange import drills, outbox, sealing, senders
from tongxin.heart.exchange.models import Attempt, Delivery, Notification
from tongxin.heart.exchange.senders import NotSent, Outgoing
from tongxin.shared import clock, faults
from tongxin.shared.writing import writing

log = structlog.get_logger(__name__)

# How long after the first, second, … failed attempt the next one comes; after the last of them it is given up.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=8),
    timedelta(minutes=32),
    timedelta(hours=2, minutes=8),
    timedelta(hours=8, minutes=32),
    timedelta(hours=34, minutes=8),
)
MOST_ATTEMPTS = len(WAITS) + 1
LEASE = timedelta(minutes=2)  # four times what a sender may take
ROUND = 500  # deliveries in one call; the next tick goes on
BUDGET = 40.0  # seconds that receivers of one jurisdiction may take in one call without taking anything
SOON = 1.0  # seconds in which a failure keeps nobody waiting
COORDINATION = "coordination_office"


@dataclass(frozen=True)
class Lease:
    """A delivery that is ours to send, until the lease runs out."""

    row: Delivery
    attempt: int  # its number, from 1, through all replays


@dataclass
class Round:
    """What one call of the dispatcher has learnt: who failed in it, and how long each jurisdiction was waited for."""

    failed: set[int] = field(default_factory=set)  # subscriptions
    waited: Counter[str] = field(
        default_factory=Counter
    )  # seconds by jurisdiction, for receivers that took nothing

    def left(self, now: datetime) -> QuerySet[Delivery]:
        """Return what is still to be sent: nothing of those that failed or used their seconds up."""
        rows = due(now).exclude(subscription_id__in=self.failed)
        return rows.exclude(_of(place for place, spent in self.waited.items() if spent >= BUDGET))

    def first(self, rows: QuerySet[Delivery]) -> Delivery | None:
        """Return the row whose turn it is: whoever made others wait comes after them."""
        return rows.exclude(_of(self.waited)).first() or rows.first()

    def note(self, row: Delivery, seconds: float) -> None:
        """Note that a receiver took nothing, and how long that took; what is refused at once keeps nobody waiting."""
        self.failed.add(row.subscription_id)
        if seconds >= SOON:
            self.waited[place_of(row)] += seconds  # type: ignore[assignment]  # typeshed counts in whole numbers


def send_due(now: datetime | None = None) -> int:
    """Send what is due and return how many the other side took. Safe to run twice, late, and in several processes.

    A subscription that failed is left alone for the rest of the call, so that one dead receiver costs one time-out;
    a jurisdiction whose receivers cost time comes after the others, and after `BUDGET` seconds in the next call only.
    """
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    so_far = Round()
    sent = 0
    for _each in range(ROUND):
        lease = _take(owner, _moment(now), so_far)
        if lease is None:
            break
        begins = clock.steady()
        fault = _try_to_send(lease, _moment(now))
        seconds = clock.steady() - begins
        _settle(lease, fault, _moment(now))
        if fault is None:
            sent += 1
        else:
            so_far.note(lease.row, seconds)
    return sent


def place_of(row: Delivery) -> str:
    """Return the jurisdiction or group whose desk is rung."""
    place, _slash, _role = row.subscription.desk_id.partition("/")
    return place


def _of(places: Iterable[str]) -> Q:
    """Return the condition that a delivery is for a desk of one of the places; of none, that nothing is."""
    found = Q(pk__in=[])
    for place in places:
        found |= Q(subscription__desk__id__startswith=f"{place}/")
    return found


def due(now: datetime) -> QuerySet[Delivery]:
    """Return the deliveries whose turn it is, and those whose lease has run out; none of a stopped subscription."""
    turn = Q(state=Delivery.State.PENDING, next_at__lte=now)
    orphaned = Q(state=Delivery.State.LEASED, lease_until__lte=now)
    return Delivery.objects.filter(turn | orphaned, subscription__active=True).order_by(
        "next_at", "created_at", "id"
    )


def _take(owner: str, now: datetime, so_far: Round) -> Lease | None:
    """Lease the delivery whose turn it is, and begin an attempt; None when there is none."""
    while True:
        if not so_far.left(now).exists():
            return None  # a plain read: an empty outbox costs no write lock
        with writing("exchange.outbox.leased"):
            rows = so_far.left(now).select_related("subscription__desk")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            row = so_far.first(rows)
            if row is None:
                return None  # somebody else was faster
            _end_what_was_cut_short(row, now)
            if row.attempts < MOST_ATTEMPTS:
                return _begin(row, owner, now)
            _give_up(row, "cut_short", now)


def _end_what_was_cut_short(row: Delivery, now: datetime) -> None:
    row.history.filter(ended_at__isnull=True).update(ended_at=now, outcome=Attempt.Outcome.CUT_SHORT)


def _begin(row: Delivery, owner: str, now: datetime) -> Lease:
    number = (row.history.aggregate(last=Max("number"))["last"] or 0) + 1
    Attempt.objects.create(delivery=row, number=number, target=row.subscription.target, began_at=now)
    row.state = Delivery.State.LEASED
    row.attempts += 1
    row.lease_owner, row.lease_until = owner, now + LEASE
    row.save(update_fields=["state", "attempts", "lease_owner", "lease_until"])
    return Lease(row, number)


def _try_to_send(lease: Lease, now: datetime) -> NotSent | None:
    """Hand it to the sender; return None when the other side has it, else why not. No transaction is open."""
    row = lease.row
    sender = senders.by_name(row.subscription.connector)
    if sender is None or not sender.available():
        return NotSent(f"no_connector:{row.subscription.connector}")
    if row.drill or row.payload.get("drill") is not False or drills.of_a_drill(row.thread):
        return NotSent("drill", final=True)
    try:
        outgoing = _outgoing(lease, now)
        faults.reached("outbox:before send")
        sender.send(outgoing)
        faults.reached("outbox:after send")
    except NotSent as fault:
        return fault
    except sealing.Unreadable:
        return NotSent("secret_unreadable", final=True)
    except Exception as fault:  # a connector's own mistake must not keep the others from going out
        log.exception("a connector failed", connector=sender.name, delivery=str(row.pk))
        return NotSent(f"connector_fault:{type(fault).__name__}")
    return None


def _outgoing(lease: Lease, now: datetime) -> Outgoing:
    row, subscription = lease.row, lease.row.subscription
    secret = sealing.secret_of(subscription)
    return Outgoing(
        id=str(row.pk),
        attempt=lease.attempt,
        at=now,
        kind=row.kind,
        payload={"id": str(row.pk), **row.payload},
        target=subscription.target,
        secret=secret,
        drill=row.drill,
    )


def _settle(lease: Lease, fault: NotSent | None, now: datetime) -> None:
    """Write down how it went. A lease that ran out meanwhile is somebody else's: then only the attempt is ended."""
    with writing("exchange.outbox.settled"):
        outcome = Attempt.Outcome.FAILED if fault else Attempt.Outcome.SENT
        Attempt.objects.filter(delivery=lease.row, number=lease.attempt).update(
            ended_at=now, outcome=outcome, error=fault.error if fault else ""
        )
        row = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("subscription__desk")
            .get(pk=lease.row.pk)
        )
        if (row.state, row.lease_owner, row.attempts) != (
            Delivery.State.LEASED,
            lease.row.lease_owner,
            lease.row.attempts,
        ):
            return
        row.lease_owner, row.lease_until = "", None
        if fault is None:
            row.state, row.sent_at, row.last_error = Delivery.State.SENT, now, ""
            row.save()
        elif fault.final or row.attempts >= MOST_ATTEMPTS:
            _give_up(row, fault.error, now)
        else:
            row.state, row.last_error = Delivery.State.PENDING, fault.error
            row.next_at = now + WAITS[row.attempts - 1]
            row.save()


def _give_up(row: Delivery, error: str, now: datetime) -> None:
    """Make it a dead letter, and ring the coordination office of its jurisdiction once a day and subscription."""
    row.state, row.last_error = Delivery.State.DEAD, error[:200]
    row.lease_owner, row.lease_until = "", None
    row.save()
    place = row.subscription.desk.jurisdiction_id
    office = f"{place}/{COORDINATION}"
    if place and type(row.subscription.desk).objects.filter(pk=office).exists():
        day = clock.beijing(now).date().isoformat()
        Notification.objects.get_or_create(  # the bell alone: a ring about the outbox never goes through the outbox
            dedupe=f"dead:{row.subscription_id}:{day}",
            defaults={
                "desk_id": office,
                "kind": outbox.DEAD,
                "params": {"desk": row.subscription.desk_id, "connector": row.subscription.connector},
                "link": f"/outbox/?state=dead&subscription={row.subscription_id}",
                "at": now,
            },
        )


def _moment(now: datetime | None) -> datetime:
    return now if now is not None else clock.now()
