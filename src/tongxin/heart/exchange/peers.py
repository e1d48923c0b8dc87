"""Acts on peers: add one, note the key it shows, confirm that key, say which desks work there, ping.

Who runs the machine adds peers and places desks (command line); a key is confirmed there, or by an administrator on
the screen. Nothing that a peer sends counts before its key is confirmed here, and nothing goes to it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines, lines_out, nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Channel, DeskHome, Envelope, Peer, PeerKey
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import ADMINISTER
from tongxin.heart.region.models import Desk
from tongxin.shared import readers
from tongxin.shared.errors import Conflict, Invalid, NotFound

SYSTEM = "system"  # the capability of who runs the machine


def add(*, by: Acting, key: str, address: str, identity: lines.Identity) -> dict[str, Any]:
    """Add a peer that says at `address` who it is. Its key counts when somebody has confirmed it. Raises Invalid."""
    by.need(SYSTEM)
    where = nodes.checked_address(address)
    request = {"address": where, "node": identity.node, "key": identity.key}
    with act("exchange.peer.added", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        if nodes.own_name_is_taken(identity.node):
            raise Conflict(
                "same_name",
                _("The node at this address has the same name as this one: %(name)s.")
                % {"name": identity.node},
                todo=_("Give each node a name of its own (TONGXIN_NODE) before its ledger is opened."),
            )
        if Peer.objects.filter(pk=identity.node).exists():
            raise Conflict(
                "peer_known",
                _("There is a peer of this name already: %(name)s.") % {"name": identity.node},
                todo=_("To change its address, use: tongxin node peer move."),
            )
        peer = Peer.objects.create(
            name=identity.node, address=where, added_at=a.at, added_by=by.post, next_at=a.at
        )
        Channel.objects.get_or_create(
            from_node=settings.NODE, to_node=peer.name
        )  # before any act could lock it
        _see(a, peer, identity)
        a.result = {"peer": peer.name, "key": identity.key}
        a.entry(f"node:{peer.name}", payload=request)
    return a.result


def move(*, by: Acting, key: str, peer: str, address: str, identity: lines.Identity) -> dict[str, Any]:
    """Note another address of a peer, and the key that it shows there; another key needs a new confirmation."""
    by.need(SYSTEM)
    where = nodes.checked_address(address)
    request = {"peer": peer, "address": where, "key": identity.key}
    with act("exchange.peer.moved", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = locked(peer)
        if identity.node != row.name:
            raise Conflict(
                "other_node",
                _("At this address is another node: %(name)s.") % {"name": identity.node},
                todo=_("Look at the address again."),
            )
        row.address, row.next_at = where, a.at
        row.save(update_fields=["address", "next_at"])
        new = _see(a, row, identity)
        a.result = {"peer": row.name, "key": identity.key, "new_key": new}
        a.entry(f"node:{row.name}", payload=request)
    return a.result


def confirm(*, by: Acting, key: str, peer: str, fingerprint: str) -> dict[str, Any]:
    """Confirm that a peer's key is the one whose fingerprint somebody there has read out. Raises Invalid, Conflict.

    The key that counted before is replaced; what was signed with it stays verifiable.
    """
    if SYSTEM not in by.capabilities:
        by.need(ADMINISTER)
    typed = lines.ungrouped(fingerprint)
    with act("exchange.peer.confirmed", by=by, key=key, request={"peer": peer, "fingerprint": typed}) as a:
        if a.replayed:
            return a.result
        row = locked(peer)
        shown = row.keys.order_by("-seen_at", "-id").first()
        if shown is None or not hmac.compare_digest(typed.encode(), shown.key_id.encode()):
            text = _("This is not the fingerprint that the other node shows here.")
            raise Invalid(text, {"fingerprint": [text]}, code="other_fingerprint")
        if shown.confirmed_at is not None and shown.replaced_at is None:
            raise Conflict("confirmed_already", _("This key is confirmed already."))
        row.keys.filter(confirmed_at__isnull=False, replaced_at=None).update(replaced_at=a.at)
        shown.confirmed_at, shown.confirmed_by, shown.replaced_at = a.at, by.post, None
        shown.save(update_fields=["confirmed_at", "confirmed_by", "replaced_at"])
        row.next_at, row.last_error = a.at, ""
        row.save(update_fields=["next_at", "last_error"])
        a.result = {"peer": row.name, "key": shown.key_id}
        a.entry(f"node:{row.name}", payload={"key": shown.key_id, "algorithm": shown.algorithm})
    return a.result


def place(*, by: Acting, key: str, desks: Sequence[str], peer: str) -> dict[str, Any]:
    """Say that desks work at a peer; with an empty `peer`, here again. A place names all its desks. Raises NotFound."""
    by.need(SYSTEM)
    request = {"desks": sorted(set(desks)), "peer": peer}
    with act("exchange.desks.placed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        if peer:
            locked(peer)
        ids = _desks(desks)
        DeskHome.objects.filter(desk_id__in=ids).delete()
        if peer:
            DeskHome.objects.bulk_create(DeskHome(desk_id=each, peer_id=peer, placed_at=a.at) for each in ids)
        readers.kept().clear()  # what was read before of who works where
        a.result = {"desks": len(ids), "peer": peer}
        a.entry(f"node:{peer or nodes.own().name}", payload={"desks": ids})
    return a.result


def ping(*, by: Acting, key: str, peer: str) -> dict[str, Any]:
    """Send a ping over the line; the peer's pong comes as an envelope of its own."""
    if SYSTEM not in by.capabilities:
        by.need(ADMINISTER)
    with act("exchange.ping.sent", by=by, key=key, request={"peer": peer}) as a:
        if a.replayed:
            return a.result
        if not Peer.objects.filter(pk=peer).exists():
            raise _no_such_peer()
        sealed = lines_out.put("ping", to_node=peer, thread=f"node:{nodes.own().name}", body={}, at=a.at)
        a.result = {"envelope": str(sealed.pk), "seq": sealed.seq}
        a.entry(f"node:{peer}", cause=f"envelope:{sealed.pk}")
    return a.result


def locked(peer: str) -> Peer:
    """Lock a peer and return it. Raises NotFound."""
    row = Peer.objects.select_for_update().filter(pk=peer).first()
    if row is None:
        raise _no_such_peer()
    return row


def received(state: str = "") -> Any:
    """Return the envelopes that came from peers, newest first."""
    rows = Envelope.objects.filter(channel__to_node=nodes.own().name).select_related("channel")
    return (rows.filter(state=state) if state else rows).order_by("-at", "-seq")


def _see(a: Act, peer: Peer, identity: lines.Identity) -> bool:
    """Note the key that a peer shows; return whether it needs confirmation."""
    row, new = PeerKey.objects.get_or_create(
        peer=peer,
        key_id=identity.key,
        defaults={
            "algorithm": identity.algorithm,
            "public_key": bytes.fromhex(identity.public_key),
            "seen_at": a.at,
        },
    )
    if not new:
        row.seen_at = a.at
        row.save(update_fields=["seen_at"])
    return row.confirmed_at is None or row.replaced_at is not None


def _desks(named: Sequence[str]) -> list[str]:
    """Return the desks of what was named: desks as `tj-baodi/ecology_bureau`, places with all of theirs."""
    found: set[str] = set()
    for name in named:
        rows = Desk.objects.filter(pk=name) if "/" in name else Desk.objects.filter(jurisdiction_id=name)
        ids = set(rows.values_list("id", flat=True))
        if not ids:
            raise NotFound(
                "no_such_desk", _("There is no desk and no place of this name: %(name)s.") % {"name": name}
            )
        found |= ids
    return sorted(found)


def _no_such_peer() -> NotFound:
    return NotFound(
        "no_such_peer", _("There is no such peer."), todo=_("See which there are: tongxin node peer list.")
    )
