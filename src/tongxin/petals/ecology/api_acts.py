"""API of what is done in an incident: correct, withdraw, forecast, object, merge, call, stand down, all-clear."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.events.actions import Report
from tongxin.heart.exchange.api_parts import (
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Instant,
    Line,
    Number,
    Text,
    Word,
)
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.registration import WATER_INCIDENT

router = Router(tags=["incidents"])

Reason = Annotated[Line, Field(description="Why; kept with the act and shown.")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the inputs, hexadecimal.")]


class CorrectionIn(Schema):
    """The report as it should read; whoever was told a field that changes is owed a notice anew."""

    event: UUID = Field(description="The report as it stands (`event` of the incident); else it is refused.")
    place: Word
    river: Word
    location: Word
    pollutant: Word
    amount: Line = ""
    level: Word = "unknown"
    description: Text = ""
    occurred_at: Instant | None = None
    known_at: Instant = Field(description="When the correction was known; new time limits count from it.")
    known_corrected: Instant | None = Field(
        None, description="When the thing itself was known, if corrected."
    )
    reason: Reason
    late_reason: Line = Field("", description="Needed when the correction was known more than an hour ago.")


class WithdrawalIn(Schema):
    """What is taken back: the head of a report's or a forecast's chain."""

    event: UUID
    reason: Reason


class ArrivalIn(Schema):
    """The forecast for one place; `held`: a gate is shut, no time can be told."""

    place: Word
    probability: float = Field(ge=0, le=1)
    arrival_p5: Instant | None = None
    arrival_p50: Instant | None = None
    arrival_p95: Instant | None = None
    held: bool = False


class EngineIn(Schema):
    """What computed it, so that it can be computed again."""

    name: Word
    version: Word
    inputs: Hash
    seed: Number


class ForecastIn(Schema):
    """A forecast; stale inputs ask for the early and the late arrival, or no time at all."""

    known_at: Instant
    engine: EngineIn
    arrivals: list[ArrivalIn] = Field(min_length=1, max_length=50)
    stale_inputs: list[Word] = Field([], max_length=20, description="discharge, gate, stage, sample")
    late_reason: Line = ""


class ObjectionIn(Schema):
    """What the caller's side holds against a report of another side."""

    event: UUID = Field(description="`event` of the incident, or an earlier version of it.")
    text: Text


class MergeIn(Schema):
    """The other incident that is the same, and why."""

    other: Word
    reason: Reason


class AnswerIn(Schema):
    """Whether the two are one."""

    agree: bool


class StandDownIn(Schema):
    """Whom it no longer concerns."""

    to_desk: Word
    remark: Line = ""


class WarningIn(Schema):
    """A warning that goes out without a clause; at least one field says what the danger is."""

    to_desk: Word
    basis: Literal["law", "necessity"]
    reason: Reason = Field(description="By which provision, or of which danger; kept and shown.")
    carried: dict[Word, Text] = Field(max_length=40)


class CallIn(Schema):
    """Who was told by telephone, when, and of what."""

    to_desk: Word
    at: Instant
    carried: dict[Word, Text] = Field(max_length=40)


class HeardIn(Schema):
    """When the caller's desk was told by telephone."""

    at: Instant


class ClosureIn(Schema):
    """Why the all-clear is given."""

    reason: Reason


class FollowedOut(Schema):
    """What an event opened, voided and moved, by the numbers of the duties."""

    incident: str
    event: UUID
    duties: list[int]
    voided: list[int]
    moved: list[int]


class ObjectedOut(Schema):
    """The objection that was recorded."""

    incident: str
    objection: int


class ProposedOut(Schema):
    """The proposal; the earlier incident would go on for both."""

    proposal: int
    earlier: str
    later: str


class AnsweredOut(Schema):
    """Where it goes on, and whether the two are one."""

    incident: str
    agreed: bool


class StoodDownOut(Schema):
    """The message that was sent, and the duties it met."""

    message: UUID
    met: list[int]


class WarnedOut(Schema):
    """The warning, the duty to review it, and the fields that a bar withholds."""

    message: UUID
    review: int | None
    withheld: list[str]


class CalledOut(Schema):
    """The call as recorded by one side; it counts when `waits_for` records it too."""

    message: UUID
    waits_for: str


class HeardOut(Schema):
    """The call as both sides recorded it, the duties it met and those it opened."""

    message: UUID
    met: list[int]
    confirm: list[int]


class ClosedOut(Schema):
    """The duties that were still owed, and the desks that got the all-clear."""

    incident: str
    failed: list[int]
    told: list[str]


@router.post(
    "/incidents/{number}/corrections",
    response={201: FollowedOut, **WRITE_PROBLEMS},
    operation_id="correct_incident",
)
def correct_incident(
    request: Call, number: Word, body: CorrectionIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Correct a report. By the desk that reported it or its coordination office, with `report_incident`."""
    event = _event(request, number, body.event)
    data = body.dict(include={"river", "location", "pollutant", "amount", "level", "description"})
    report = Report(
        type=WATER_INCIDENT,
        place=body.place,
        known_at=body.known_at,
        occurred_at=body.occurred_at,
        data=data,
        late_reason=body.late_reason,
    )
    done = actions.correct_incident(
        event,
        report,
        by=request.auth,
        key=key,
        reason=body.reason,
        known_corrected=body.known_corrected,
    )
    return Status(201, _followed(done))


@router.post(
    "/incidents/{number}/withdrawals",
    response={201: FollowedOut, **WRITE_PROBLEMS},
    operation_id="withdraw_report",
)
def withdraw_report(
    request: Call, number: Word, body: WithdrawalIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Withdraw a report or a forecast: what it opened is void, who was told is told so."""
    event = _event(request, number, body.event)
    done = actions.withdraw(event, by=request.auth, key=key, reason=body.reason)
    return Status(201, _followed(done))


@router.post(
    "/incidents/{number}/forecasts",
    response={201: FollowedOut, **WRITE_PROBLEMS},
    operation_id="record_forecast",
)
def record_forecast(
    request: Call, number: Word, body: ForecastIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Record a forecast; it replaces the last one. By a desk that sees the report, with `report_incident`."""
    forecast = actions.Forecast(
        known_at=body.known_at,
        arrivals=[arrival.dict(exclude_defaults=True) for arrival in body.arrivals],
        engine=body.engine.name,
        version=body.engine.version,
        inputs=body.engine.inputs,
        seed=body.engine.seed,
        stale_inputs=body.stale_inputs,
        late_reason=body.late_reason,
    )
    return Status(201, _followed(actions.record_forecast(number, forecast, by=request.auth, key=key)))


@router.post(
    "/incidents/{number}/objections",
    response={201: ObjectedOut, **WRITE_PROBLEMS},
    operation_id="object_to_report",
)
def object_to_report(
    request: Call, number: Word, body: ObjectionIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Object to a report of another side: shown beside it, changes nothing. Needs `confirm`."""
    event = _event(request, number, body.event)
    done = actions.object_to(event, by=request.auth, key=key, text=body.text)
    return Status(201, {"incident": done["matter"], "objection": done["objection"]})


@router.post(
    "/incidents/{number}/merge-proposals",
    response={201: ProposedOut, **WRITE_PROBLEMS},
    operation_id="propose_merge",
)
def propose_merge(request: Call, number: Word, body: MergeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Propose that the incident is one with another; the desk that reported the other one answers."""
    queries.incident(request.auth, number)
    done = actions.propose_merge(number, body.other, by=request.auth, key=key, reason=body.reason)
    return Status(201, done)


@router.post(
    "/merge-proposals/{proposal}/answer",
    response={201: AnsweredOut, **WRITE_PROBLEMS},
    operation_id="answer_merge",
)
def answer_merge(
    request: Call, proposal: Number, body: AnswerIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Agree that two incidents are one, or refuse. By the desk that was asked. A weighty act."""
    queries.proposal(request.auth, proposal)
    done = actions.answer_merge(proposal, by=request.auth, key=key, agree=body.agree)
    return Status(201, {"incident": done["matter"], "agreed": done["agreed"]})


@router.post(
    "/incidents/{number}/stand-downs",
    response={201: StoodDownOut, **WRITE_PROBLEMS},
    operation_id="stand_down",
)
def stand_down(request: Call, number: Word, body: StandDownIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Tell a desk that was told before that it no longer concerns it. Needs the capability `notify`."""
    done = agreements.stand_down(
        by=request.auth, key=key, matter=number, to_desk=body.to_desk, remark=body.remark
    )
    return Status(201, done)


@router.post(
    "/incidents/{number}/warnings", response={201: WarnedOut, **WRITE_PROBLEMS}, operation_id="send_warning"
)
def send_warning(request: Call, number: Word, body: WarningIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Warn a desk that no clause names. It is marked, and the own coordination office reviews it. Needs `notify`."""
    done = agreements.warn(
        by=request.auth,
        key=key,
        matter=number,
        to_desk=body.to_desk,
        carried={str(name): str(text) for name, text in body.carried.items()},
        basis=body.basis,
        reason=body.reason,
    )
    return Status(201, done)


@router.post(
    "/incidents/{number}/calls", response={201: CalledOut, **WRITE_PROBLEMS}, operation_id="record_call"
)
def record_call(request: Call, number: Word, body: CallIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Record that a desk was told by telephone; it counts when that desk records it too. Needs `notify`."""
    done = agreements.tell_by_telephone(
        by=request.auth,
        key=key,
        matter=number,
        to_desk=body.to_desk,
        carried={str(name): str(text) for name, text in body.carried.items()},
        at=body.at,
    )
    return Status(201, done)


@router.post(
    "/calls/{message}/hearing", response={201: HeardOut, **WRITE_PROBLEMS}, operation_id="record_hearing"
)
def record_hearing(
    request: Call, message: UUID, body: HeardIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Record that the caller's desk was told by telephone: now both sides say so. Needs `confirm`."""
    return Status(201, agreements.heard(by=request.auth, key=key, message=str(message), at=body.at))


@router.post(
    "/incidents/{number}/closure", response={201: ClosedOut, **WRITE_PROBLEMS}, operation_id="close_incident"
)
def close_incident(
    request: Call, number: Word, body: ClosureIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Give the all-clear: everyone who was told gets it; what is still owed counts as not met."""
    queries.incident(request.auth, number)
    done = actions.close(number, by=request.auth, key=key, reason=body.reason)
    return Status(201, {"incident": done["matter"], "failed": done["failed"], "told": done["told"]})


def _event(request: Call, number: str, event: UUID) -> str:
    """Return the id of an event of an incident that the caller has a part in; raises NotFound."""
    return str(queries.event_in(queries.incident(request.auth, number), str(event)).id)


def _followed(done: dict[str, Any]) -> dict[str, Any]:
    return {"incident": done["matter"]} | {k: done[k] for k in ("event", "duties", "voided", "moved")}
