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
]


class Call(HttpRequest):
    """A request whose token was checked: `auth` is who acts."""

    auth: Acting
