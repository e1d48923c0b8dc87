"""Tracking slips (回执): the secret beside a case's number, its hash, and the pass that opens the case's page.

A secret has 80 random bits in an alphabet that is read aloud without doubt. It stands on the slip and nowhere else: not
in an address, a log or a table. A pass is a signed word in a cookie; it names the case and the slip under which it was
opened, so that a new slip ends it, and it is over half an hour after it was last used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import guesses
from tongxin.heart.cases.models import Slip
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotAllowed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
READER = "cases.slips"
LENGTH = 16  # signs of five bits each
PASS_LASTS = timedelta(minutes=30)
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_SALT = "cases.slip.pass"


def new_secret(seed: str = "") -> str:
    """Return a secret in groups of four; the same for the same `seed` (as random as that is), else a fresh one."""
    drawn = hashlib.sha256(f"tongxin slip {seed}".encode()).digest() if seed else secrets.token_bytes(32)
    bits = int.from_bytes(drawn[:10], "big")
    signs = "".join(ALPHABET[bits >> 5 * at & 31] for at in range(LENGTH))
    return grouped(signs)


def grouped(secret: str) -> str:
    """Return a secret as it is printed: `7K2M-9QXR-…`."""
    return "-".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def plain(typed: str) -> str:
    """Return a secret as it is compared: what people type, without hyphens and blanks, look-alikes made one."""
    return "".join(typed.split()).replace("-", "").upper().translate(_ALIKE)[:64]


def hash_of(of: str, secret: str) -> str:
    """Return what is kept of a secret; `of` is the case's number, or `draft`."""
    return hashlib.sha256(f"tongxin secret\n{of}\n{plain(secret)}".encode("utf-8", "replace")).hexdigest()


def opened(number: str, secret: str, request: HttpRequest) -> Slip:
    """Return the slip that number and secret open. Every wrong pair is answered alike; too many are slowed down.

    Raises NotAllowed (`wrong_slip`), or TooMany with the time to wait.
    """
    number = number.strip().upper()[:20]
    this_try = guesses.begin(guesses.SLIP, number, request)
    slip = Slip.objects.read_as(READER).select_related("case").filter(case_id=number).first()
    wanted = slip.secret_hash if slip else "0" * 64
    if not hmac.compare_digest(wanted, hash_of(number, secret)) or slip is None:
        raise NotAllowed(
            "wrong_slip",
            _("Number and secret do not belong together."),
            todo=_("Type both as they stand on the slip. A window of the accepting office prints a new one."),
        )
    this_try.right()
    return slip


def still_stands(number: str, secret: str) -> None:
    """Raise Conflict where a newer slip was printed: the secret of a form sent again no longer opens anything."""
    slip = Slip.objects.read_as(READER).filter(case_id=number).first()
    if slip is None or not hmac.compare_digest(slip.secret_hash, hash_of(number, secret)):
        raise Conflict(
            "newer_slip",
            _("This application was sent before; a window has printed a newer slip since."),
            todo=_("Open the case with the newer slip: %(number)s.") % {"number": number},
        )


def pass_for(slip: Slip) -> str:
    """Return the pass that opens the case of a slip for the next half hour."""
    return signing.dumps(
        {"case": slip.case_id, "slip": slip.secret_hash[:24], "at": clock.iso(clock.now())}, salt=_SALT
    )


def by_pass(given: str) -> Slip | None:
    """Return the slip of a pass that is signed here, young enough, and of the slip that stands; else None."""
    try:
        said = signing.loads(given, salt=_SALT)
        number, part, at = str(said["case"]), str(said["slip"]), datetime.fromisoformat(said["at"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    if not timedelta(0) <= clock.now() - at < PASS_LASTS:
        return None
    slip = Slip.objects.read_as(READER).filter(case_id=number).first()
    return slip if slip is not None and hmac.compare_digest(slip.secret_hash[:24], part) else None
