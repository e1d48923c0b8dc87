"""What the API of duties, conflicts and matters takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Field, Schema

from tongxin.heart.agreements.api import DutyMovedOut, DutyOut
from tongxin.heart.exchange.api_parts import Line, Text, Word


class CauseOut(Schema):
    """What opened the round."""

    ref: str
    words: str
    desk: str
    occurred_at: str | None
    known_at: str | None
    recorded_at: str | None
    state: str


class LineOut(Schema):
    """A stretch of days or of time, whether it counted, and why or why not."""

    first: date
    last: date
    counts: bool
    said: str


class CountOut(Schema):
    """How the due was counted."""

    limit: str
    starts: str
    calendar: str
    provisional: bool
    lines: list[LineOut]


class DeadlineOut(Schema):
    """One of the times of a duty; the earliest rules."""

    words: str
    at: str
    rules: bool
    scored: bool


class RungOut(Schema):
    """A step of the escalation: when it is due, when it rang, whom; `skipped` when nobody was there."""

    step: str
    at: str
    rung_at: str | None
    posts: list[str]
    skipped: bool


class ToldOut(Schema):
    """What the performance carried, and which demanded fields a bar withheld."""

    act: str
    desk: str
    post: str
    channel: str
    delivered_at: str | None
    carried: dict[str, str]
    withheld: list[list[str]]


class RoundOut(Schema):
    """A round of the same duty."""

    id: int
    round: int
    state: str
    due_at: str


class DutyWholeOut(DutyMovedOut):
    """A duty with everything behind it: the answer to "why do I owe this?"."""

    opened_by: CauseOut
    counted: CountOut
    deadlines: list[DeadlineOut]
    escalation: list[RungOut]
    on_agenda: bool
    told: ToldOut | None
    withheld: list[list[str]] = Field(description="Fields the clause demands and a bar forbids: field, bar")
    rounds: list[RoundOut]
    entries: list[int] = Field(description="Indices of its entries in the ledger")


class DoneOut(Schema):
    """How the duty stands after the act."""

    duty: int
    state: str
    due_at: str


class PerformedOut(Schema):
    """How the duty stands after a delivery, and which duties the delivery opened."""

    duty: int
    state: str
    opened: list[int]


class DatedOut(Schema):
    """Whether both sides have named the day now, and when the duty is due."""

    duty: int
    agreed: bool
    due_at: str


class PerformIn(Schema):
    """What is delivered, by the fields that the clause asks for; see `GET /duties/{duty}/form`."""

    carried: dict[Word, Text]


class ReasonIn(Schema):
    """Why."""

    reason: Line


class GroundIn(Schema):
    """A ground that the clause names."""

    ground: Word


class DateIn(Schema):
    """Another day, and why."""

    on: date
    reason: Line


class AskedOut(Schema):
    """A field that the performance asks for. `money` is whole fen as text, `flag` is `yes` or `no`."""

    name: str
    kind: str
    title: str
    required: bool
    choices: dict[str, str]


class FormOut(Schema):
    """What the caller may do with the duty now, and what a performance asks for."""

    may: list[str]
    asked: list[AskedOut]
    since: str | None = Field(
        None,
        description="From when it may be done, where that is still to come: an account waits for its period.",
    )
    grounds: dict[str, str]


class VoteOut(Schema):
    """What a coordination office has said; `clause` is empty where it has said nothing yet."""

    office: str
    clause: str
    reason: str


class ConflictOut(Schema):
    """Two clauses that exclude each other on one errand. `open` when both demands still stand and nothing is ruled."""

    id: int
    thread: str
    bound_desk: str
    owed_desk: str
    clauses: list[str]
    offices: list[VoteOut]
    ruling: str | None
    opened_at: str
    settled_at: str | None
    open: bool
    url: str


class ConflictsOut(Schema):
    """A page of conflicts, latest first."""

    total: int
    next_offset: int | None
    conflicts: list[ConflictOut]


class WithdrawnOut(Schema):
    """What was taken back, and what that did to the duties."""

    matter: str
    event: str
    voided: list[int]


class RuleIn(Schema):
    """Which clause shall rule, and why."""

    clause: Word
    reason: Line


class RuledOut(Schema):
    """Whether every office has said the same now, and which clause rules then."""

    conflict: int
    settled: bool
    ruling: str | None


class MatterOut(Schema):
    """A matter as the caller may see it: what it is, its events' data for who sees it whole, the caller's duties."""

    number: str
    kind: str
    title: str
    state: str
    drill: bool
    opened_at: str
    closed_at: str | None
    facts: list[dict[str, Any]]
    duties: list[DutyOut]
    url: str


class ReasonOut(Schema):
    """A clause that was looked at: whether it bound, a stable reason, its words, and each duty with its clock."""

    clause: str
    kind: str
    bound: bool
    reason: str
    detail: str
    words: str
    duties: list[dict[str, Any]]
