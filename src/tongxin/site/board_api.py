"""API of the board and of the ties between places."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Router, Schema

from tongxin.heart.agreements.api import local
from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call
from tongxin.shared import clock
from tongxin.site import board_rows, ties
from tongxin.site.board_rows import Row

router = Router(tags=["desk"])

Scope = Literal["desk", "jurisdiction"]
Fields = Literal["transport", "ecology", "industry", "services", "planning", "delivery", "evidence"]


class RowOut(Schema):
    """One row of the board."""

    key: str
    group: str = Field(description="now, today, later, waiting or done")
    what: str
    about: str
    bound_desk: str
    owed_desk: str | None
    due_at: str | None
    late: bool
    done_at: str | None
    clause: str | None
    illustrative: bool
    drill: bool


class BoardOut(Schema):
    """What the desk has to do now, what it waits for, what it has just done."""

    at: str
    late: int
    today: int
    waiting: int
    done_today: int
    rows: list[RowOut]


class TieOut(Schema):
    """Open duties from one place to another in one field: counts only."""

    field: str
    bound: str
    owed: str
    count: int
    late: int
    waiting: int


@router.get("/desk", response={200: BoardOut, **READ_PROBLEMS}, operation_id="show_desk")
def show_desk(request: Call, scope: Scope = "desk", field: Fields | None = None) -> dict[str, Any]:
    """Show the board of the caller's desk; scope `jurisdiction` is for coordination offices, else it is the desk."""
    now = clock.now()
    found = board_rows.board(request.auth, scope=scope, field_code=field or "", now=now)
    return {
        "at": local(now),
        "late": found.overdue,
        "today": found.today,
        "waiting": len(found.groups["waiting"]),
        "done_today": found.done_today,
        "rows": [_row(row) | {"late": found.late(row)} for row in found.rows],
    }


@router.get("/ties", response={200: list[TieOut], **READ_PROBLEMS}, operation_id="list_ties")
def list_ties(request: Call) -> list[dict[str, Any]]:
    """List who owes whom how much: of the whole region for a coordination office, else what the desk may see."""
    return [
        {
            "field": row.field,
            "bound": row.bound.id,
            "owed": row.owed.id,
            "count": row.count,
            "late": row.overdue,
            "waiting": row.waiting,
        }
        for row in ties.tie_rows(request.auth, clock.now())
    ]


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "group": row.group,
        "what": row.text,
        "about": f"{row.about} {row.number}".strip(),
        "bound_desk": row.bound.id,
        "owed_desk": row.owed.id if row.owed else None,
        "due_at": local(row.due_at),
        "done_at": local(row.done_at),
        "clause": row.clause.id if row.clause else None,
        "illustrative": row.illustrative,
        "drill": row.drill,
    }
