"""Acts of who keeps a jurisdiction's outbox: subscribe a desk, change, stop and resume, replay what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import outbox, queries, sealing, senders
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Delivery, Subscription
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid

MOST = 20  # subscriptions of one desk
TARGET_MAX = 400  # characters


@dataclass(frozen=True)
class Once:
    """A result, and the secret that is shown on this one answer; None where there is none or it was shown before."""

    result: dict[str, Any]
    secret: str | None


def subscribe(
    *, by: Acting, key: str, desk: str, connector: str, target: str, kinds: Sequence[str] = ()
) -> Once:
    """Send the rings of a desk of the own jurisdiction also to `target` over a connector; empty `kinds`: all.

    Returns the secret with which deliveries are signed, where that connector signs. Raises Invalid, by field.
    """
    queries.need_keeper(by)
    request = {"desk": desk, "connector": connector, "target": target, "kinds": sorted(set(kinds))}
    with act("exchange.subscription.made", by=by, key=key, request=request) as a:
        if a.replayed:
            return Once(a.result, None)
        _need_own_desk(by, desk)
        sender = _sender(connector)
        address = _checked(sender, target)
        wanted = _known_kinds(kinds)
        _need_room(desk, connector, address)
        row = Subscription.objects.create(
            desk_id=desk,
            connector=connector,
            target=address,
            kinds=wanted,
            created_by=by.post,
            created_at=a.at,
            changed_at=a.at,
        )
        secret = None
        if sender.signed:
            secret = sealing.give_secret(row)
            row.save(update_fields=["secret"])
        a.result = {"subscription": row.pk}
        _enter(a, row)
    return Once(a.result, secret)


def change(
    *,
    by: Acting,
    key: str,
    subscription: int,
    target: str,
    kinds: Sequence[str] = (),
    new_secret: bool = False,
) -> Once:
    """Change where a subscription goes and what it wants; what waits goes to the new target, under the new secret."""
    queries.need_keeper(by)
    request = {
        "subscription": subscription,
        "target": target,
        "kinds": sorted(set(kinds)),
        "new_secret": new_secret,
    }
    with act("exchange.subscription.changed", by=by, key=key, request=request) as a:
        if a.replayed:
            return Once(a.result, None)
        row = _locked(by, subscription)
        sender = _sender(row.connector)
        address = _checked(sender, target)
        if address != row.target:
            _need_new(row.desk_id, row.connector, address)
        row.target, row.kinds, row.changed_at = address, _known_kinds(kinds), a.at
        secret = sealing.give_secret(row) if new_secret and sender.signed else None
        row.save()
        a.result = {"subscription": row.pk}
        _enter(a, row, new_secret=secret is not None)
    return Once(a.result, secret)


def set_active(*, by: Acting, key: str, subscription: int, active: bool) -> dict[str, Any]:
    """Stop a subscription, or resume it. Stopped, nothing new is written for it and what waits is kept unsent."""
    queries.need_keeper(by)
    name = "exchange.subscription.resumed" if active else "exchange.subscription.stopped"
    with act(name, by=by, key=key, request={"subscription": subscription}) as a:
        if a.replayed:
            return a.result
        row = _locked(by, subscription)
        if row.active == active:
            raise Conflict(
                "subscription_runs" if active else "subscription_stopped",
                _("This subscription runs already.")
                if active
                else _("This subscription is stopped already."),
                todo=_("Load the page again."),
            )
        row.active, row.changed_at = active, a.at
        row.save(update_fields=["active", "changed_at"])
        waiting = row.deliveries.filter(state=Delivery.State.PENDING).count()
        a.result = {"subscription": row.pk, "active": active, "waiting": waiting}
        _enter(a, row)
    return a.result


def replay(*, by: Acting, key: str, delivery: str) -> dict[str, Any]:
    """Send a dead letter again, from its first attempt on, with the same id and the same content."""
    queries.need_keeper(by)
    with act("exchange.delivery.replayed", by=by, key=key, request={"delivery": delivery}) as a:
        if a.replayed:
            return a.result
        found = queries.delivery(by, delivery)
        subscription = _locked(by, found.subscription_id)
        _need_running(subscription)
        if not _put_back(Delivery.objects.filter(pk=found.pk), a):
            raise Conflict(
                "not_dead",
                _("This delivery is not given up: it was sent, or waits for its turn."),
                todo=_("Load the page again to see how it stands."),
            )
        a.result = {"delivery": str(found.pk), "replayed": 1}
        a.entry(f"desk:{subscription.desk_id}/delivery:{found.pk}", payload={"subscription": subscription.pk})
    return a.result


def replay_all(*, by: Acting, key: str, subscription: int) -> dict[str, Any]:
    """Send every dead letter of a subscription again."""
    queries.need_keeper(by)
    request = {"subscription": subscription}
    with act("exchange.subscription.replayed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _locked(by, subscription)
        _need_running(row)
        count = _put_back(Delivery.objects.filter(subscription=row), a)
        if not count:
            raise Conflict("nothing_dead", _("No delivery of this subscription is given up."))
        a.result = {"subscription": row.pk, "replayed": count}
        a.entry(_subject(row), payload={"replayed": count})
    return a.result


def _put_back(rows: QuerySet[Delivery], a: Act) -> int:
    """Make the dead ones of these pending again; their history stays."""
    return rows.filter(state=Delivery.State.DEAD).update(
        state=Delivery.State.PENDING, attempts=0, next_at=a.at, last_error=""
    )


def _need_own_desk(by: Acting, desk: str) -> None:
    if not queries.own_desks(by).filter(pk=desk).exists():
        raise _one_field("desk", _("There is no such desk in your jurisdiction."))


def _sender(connector: str) -> senders.Sender:
    found = senders.by_name(connector)
    if found is None:
        raise _one_field("connector", _("There is no such connector."))
    if not found.available():
        raise _one_field("connector", _("The operator has not set this connector up."))
    return found


def _checked(sender: senders.Sender, target: str) -> str:
    if len(target) > TARGET_MAX:
        raise _one_field(
            "target", _("This address is too long: at most %(n)d characters.") % {"n": TARGET_MAX}
        )
    return sender.check(target.strip())


def _known_kinds(kinds: Sequence[str]) -> list[str]:
    unknown = sorted(set(kinds) - set(outbox.kinds()))
    if unknown:
        raise _one_field(
            "kinds", _("There is no such kind: %(kinds)s.") % {"kinds": ", ".join(unknown)[:200]}
        )
    return sorted(set(kinds))


def _need_room(desk: str, connector: str, address: str) -> None:
    _need_new(desk, connector, address)
    if Subscription.objects.filter(desk_id=desk).count() >= MOST:
        raise _one_field("desk", _("A desk has at most %(n)d subscriptions.") % {"n": MOST})


def _need_new(desk: str, connector: str, address: str) -> None:
    if Subscription.objects.filter(desk_id=desk, connector=connector, target=address).exists():
        raise _one_field("target", _("This desk is subscribed to this address already; change that one."))


def _need_running(row: Subscription) -> None:
    if not row.active:
        raise Conflict(
            "subscription_stopped",
            _("This subscription is stopped, so nothing would be sent."),
            todo=_("Resume the subscription first, then replay."),
        )


def _locked(by: Acting, subscription: int) -> Subscription:
    found = queries.subscription(by, subscription)
    return Subscription.objects.select_for_update().get(pk=found.pk)


def _enter(a: Act, row: Subscription, **more: Any) -> None:
    """Write the entry; of the address only the host, for the rest may be somebody's name."""
    host = urlsplit(row.target).hostname or row.target.rpartition("@")[2]
    a.entry(
        _subject(row),
        payload={
            "connector": row.connector,
            "host": host,
            "kinds": row.kinds,
            "active": row.active,
            **more,
        },
    )


def _subject(row: Subscription) -> str:
    return f"desk:{row.desk_id}/subscription:{row.pk}"


def _one_field(name: str, text: Any) -> Invalid:
    return Invalid(text, {name: [text]})
