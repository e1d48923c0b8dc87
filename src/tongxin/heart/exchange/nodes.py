"""This node among others: its name and key, what it signs, and whether a signature is a peer's whose key counts."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines
from tongxin.heart.exchange.models import DeskHome, Peer, PeerKey
from tongxin.heart.ledger import keys
from tongxin.shared import canonical, clock, readers
from tongxin.shared.errors import Invalid
from tongxin.shared.statements import fixed

ADDRESS_MAX = 200  # characters
ALL_HERE = "every desk works here"  # what an act keeps


@dataclass(frozen=True)
class Own:
    """Who this node is. The key is the one that signs the ledger's checkpoints."""

    name: str
    key_id: str
    public: bytes

    @property
    def groups(self) -> list[str]:
        """The fingerprint as people compare it."""
        return lines.groups(self.key_id)


def own() -> Own:
    """Return this node's name and public key; the key is made on first use."""
    key = keys.node_key()
    return Own(settings.NODE, key.key_id, key.public)


def sign(text: bytes) -> str:
    """Return this node's signature over bytes, as it is written on the line."""
    key = keys.node_key()
    return str(lines.Signature(lines.ALGORITHM, key.key_id, key.sign(text)))


def identity() -> bytes:
    """Return what this node says of itself to whoever asks: canonical JSON, to be signed with the key that it names."""
    me = own()
    said = lines.Identity(node=me.name, public_key=me.public.hex(), key=me.key_id, at=clock.iso(clock.now()))
    return canonical.dumps(said.model_dump())


def read_identity(text: bytes, signature: str) -> lines.Identity:
    """Read what another node says of itself. Raises lines.Faulty unless it is signed with the very key it names."""
    said = lines.read(lines.Identity, text, "wrong_format")
    public = bytes.fromhex(said.public_key)
    signed = lines.read_signature(signature)
    if said.key != keys.fingerprint(public) or signed.key != said.key:
        raise lines.Faulty("wrong_key")
    if not keys.signature_holds(public, signed.value, text):
        raise lines.Faulty("bad_signature")
    return said


def counting_key(peer: str) -> PeerKey | None:
    """Return the key of a peer that counts now: confirmed here, and not replaced."""
    return PeerKey.objects.filter(peer_id=peer, confirmed_at__isnull=False, replaced_at=None).first()


def verify_now(peer: str, signature: str, text: bytes) -> None:
    """Raise lines.Faulty unless the bytes are signed with the key of the peer that counts now."""
    signed = lines.read_signature(signature)
    key = counting_key(peer)
    if key is None:
        raise lines.Faulty("peer_not_confirmed", 403)
    if signed.key != key.key_id:
        raise lines.Faulty("wrong_key", 403)
    if not keys.signature_holds(bytes(key.public_key), signed.value, text):
        raise lines.Faulty("bad_signature", 401)


def holds_ever(peer: str, signature: str, text: bytes) -> bool:
    """Tell whether bytes are signed with a key of the peer that counts or once did: old envelopes stay verifiable."""
    try:
        signed = lines.read_signature(signature)
    except lines.Faulty:
        return False
    row = PeerKey.objects.filter(peer_id=peer, key_id=signed.key, confirmed_at__isnull=False).first()
    return row is not None and keys.signature_holds(bytes(row.public_key), signed.value, text)


def home_of(desk: str) -> str | None:
    """Return the peer at which a desk works, or None when it works here."""
    return None if all_here() else next(iter(_home_of(desk)), None)


def all_here() -> bool:
    """Tell whether every desk works at this node; an act asks it once."""
    kept = readers.kept()
    if ALL_HERE not in kept:
        kept[ALL_HERE] = not _anybody()
    return bool(kept[ALL_HERE])


@fixed
def _anybody() -> QuerySet[DeskHome, str]:
    return DeskHome.objects.values_list("desk_id", flat=True)[:1]


@fixed
def _home_of(desk: str) -> QuerySet[DeskHome, str]:
    return DeskHome.objects.filter(desk_id=desk).values_list("peer_id", flat=True)


def away(desks: Collection[str]) -> set[str]:
    """Return those of the desks that work at a peer."""
    return set() if all_here() else set(_away(sorted(desks)))


@fixed
def _away(desks: list[str]) -> QuerySet[DeskHome, str]:
    return DeskHome.objects.filter(desk_id__in=desks).values_list("desk_id", flat=True)


def digest(text: bytes) -> str:
    """Return the SHA-256 of a request, by which its answer names it."""
    return hashlib.sha256(text).hexdigest()


def offices() -> list[str]:
    """Return the desks that are rung about lines: coordination offices of jurisdictions administered at this node."""
    from tongxin.heart.region.models import Desk

    here = Q(role_id="coordination_office", home=None, jurisdiction__administrators__is_active=True)
    return list(Desk.objects.filter(here).distinct().order_by("id").values_list("id", flat=True))


def checked_address(address: str) -> str:
    """Return the address of a node as it is kept: https://host[:port]; http to this machine in demo and tests alone.

    Raises Invalid (field `address`).
    """
    text = address.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as fault:
        raise _bad(_("This is not an address of the web.")) from fault
    host = parts.hostname or ""
    if (
        any(not 32 < ord(c) < 127 for c in text)
        or parts.scheme not in {"https", "http"}
        or not host
        or port == 0
    ):
        raise _bad(_("This is not an address of the web."))
    if (
        parts.path
        or parts.query
        or parts.fragment
        or parts.username is not None
        or parts.password is not None
    ):
        raise _bad(_("Give scheme, host and port alone, such as https://node.example.org."))
    if len(text) > ADDRESS_MAX:
        raise _bad(_("This address is too long: at most %(n)d characters.") % {"n": ADDRESS_MAX})
    if parts.scheme == "http" and not may_be_plain(host):
        raise _bad(_("Use https: what is sent is read by nobody else."))
    return text


def may_be_plain(host: str) -> bool:
    """Tell whether a host may be spoken to without TLS: this machine, in the demonstration and in tests."""
    if settings.MODE == "run":
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_name_is_taken(name: str) -> bool:
    """Tell whether a name is this node's own."""
    return name == settings.NODE


def peers() -> list[Peer]:
    """Return every peer, by name."""
    return list(Peer.objects.order_by("name"))


def _bad(text: object) -> Invalid:
    return Invalid(text, {"address": [text]})
