"""What every API shares below the rooms: safe kinds of input, the idempotency key, the one shape of a refusal."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Header, Schema
from pydantic import AwareDatetime, BeforeValidator, Field

# Text without control characters: the databases do not agree on them, and nobody means them.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _written(value: Any) -> Any:
    """Refuse a bare number, also one in quotes, which would be read as seconds since 1970."""
    if not isinstance(value, datetime) and not re.match(r"\d{4}-\d\d-\d\d[Tt ]", str(value)):
        raise ValueError("write an instant as text, such as 2026-03-09T22:40:00+08:00")
    return value


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=80,
        pattern=r"^[\x21-\x7e]+$",
        description="Made by the caller, one for each command. The same key again gives the same answer and has "
        "no second effect; for another command it is refused (422).",
    ),
]
Word = Annotated[str, Field(min_length=1, max_length=160, pattern=_LINE)]  # an id, a code, a name
Line = Annotated[str, Field(max_length=400, pattern=_LINE)]
Text = Annotated[str, Field(max_length=4000, pattern=_TEXT)]
Number = Annotated[int, Field(ge=0, le=2**53 - 1)]  # a ledger index, a sequence; what JSON can carry
PageSize = Annotated[int, Field(ge=1, le=500)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    Field(
        ge=datetime(2000, 1, 1, tzinfo=UTC),
        le=datetime(2100, 1, 1, tzinfo=UTC),
        description="ISO 8601 with an offset, such as 2026-03-09T22:40:00+08:00",
    ),
]


class Problem(Schema):
    """A refusal in three parts: what happened, what was kept, what to do. `code` is stable, for programs."""

    code: str
    what: str
    kept: str
    todo: str
    fields: dict[str, list[str]] | None = None


PUBLIC_PROBLEMS: dict[frozenset[int], type[Problem]] = {frozenset({404, 422}): Problem}
READ_PROBLEMS: dict[frozenset[int], type[Problem]] = {frozenset({401, 403, 404, 422, 429}): Problem}
WRITE_PROBLEMS: dict[frozenset[int], type[Problem]] = {
    frozenset({400, 401, 403, 404, 409, 422, 429}): Problem
}
