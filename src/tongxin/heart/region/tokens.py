"""Office tokens: the secret with which an office's own program acts in one post. Only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import Seat, acting_in, staffs, today
from tongxin.heart.region.models import OfficeToken
from tongxin.shared.errors import Refused
from tongxin.shared.statements import fixed

MARK = "tx"
_NOBODY = "0" * 64  # compared with when there is no such token, so that the answer takes as long


class TokenRefused(Refused):
    """The token is missing, unknown, revoked, or its office no longer staffs the desk (401)."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "token_refused",
            _("The office token is missing, unknown or revoked."),
            todo=_("Send a valid token, or ask your administrator for a new one."),
        )


def issue(seat: Seat, *, label: str, at: datetime) -> tuple[OfficeToken, str]:
    """Store a new token for a seat and return it with its secret, which is never seen again."""
    prefix = secrets.token_hex(5)
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    token = OfficeToken.objects.create(
        prefix=prefix, secret_hash=_hash(secret), post=seat.post, desk=seat.desk, label=label, created_at=at
    )
    return token, secret


def revoke(token: OfficeToken, *, at: datetime) -> None:
    """End a token; one already ended keeps its first end."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])


def acting_from_token(secret: str, *, via: str = "api") -> Acting:
    """Return who acts with this secret, or raise TokenRefused; judged anew each time, by today's mandates."""
    token = _stored(secret)
    kept = token.secret_hash if token else _NOBODY
    same = hmac.compare_digest(kept, _hash(secret))
    if token is None or not same or token.revoked_at is not None:
        raise TokenRefused
    office, day = token.post.office, today()
    stands = office.valid_from <= day and (office.valid_until is None or office.valid_until > day)
    if not stands or not staffs(office.id, office.jurisdiction_id, token.desk_id, day):
        raise TokenRefused
    return acting_in(Seat(token.post, token.desk), via=via)


def _stored(secret: str) -> OfficeToken | None:
    parts = secret.split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == MARK else ""
    return next(iter(_with_prefix(prefix[:12].replace("\x00", ""))), None)


@fixed
def _with_prefix(prefix: str) -> QuerySet[OfficeToken]:
    return OfficeToken.objects.select_related("post__office", "desk").filter(prefix=prefix)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
