"""What every room's API shares: who calls, the idempotency key, the one shape of a refusal, safe kinds of input.

A room's `api.py` reads like this; the root (`site/api.py`) adds it, checks the token and words the refusals:

    router = Router(tags=["cases"])

    @router.post("/cases/{number}/hand-over", response={200: CaseOut, **WRITE_PROBLEMS})
    def hand_over(request: Call, number: Word, body: HandOverIn, key: IdempotencyKey) -> dict[str, Any]:
        return actions.hand_over(by=request.auth, key=key, number=number, **body.dict())

An operation that anyone may read without a token says `auth=None` and `**PUBLIC_PROBLEMS`.
"""

from __future__ import annotations

from django.http import HttpRequest

from tongxin.heart.region.acting import Acting
from tongxin.heart.region.tokens import TokenRefused, acting_from_token
from tongxin.shared.api_parts import (
    PUBLIC_PROBLEMS,
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    IdempotencyKey,
    Instant,
    Line,
    Number,
    PageSize,
    Problem,
    Text,
    Word,
)

__all__ = [
    "PUBLIC_PROBLEMS",
    "READ_PROBLEMS",
    "WRITE_PROBLEMS",
    "Call",
    "IdempotencyKey",
    "Instant",
    "Line",
    "Number",
    "PageSize",
    "Problem",
    "Text",
    "Word",
    "reader_of",
]


class Call(HttpRequest):
    """A request whose token was checked: `auth` is who acts."""

    auth: Acting


def reader_of(request: HttpRequest) -> Acting | None:
    """Return who reads an operation that needs no token: the post of a token that was sent all the same, or None.

    A token that is not valid gives what anyone may read.
    """
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        return None
    try:
        return acting_from_token(secret.strip(), via="api")
    except TokenRefused:
        return None
