"""API of agreements: the public register, the duties of the caller's desk, receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements import actions, bounds, keeping, queries, rulebook, wording
from tongxin.heart.agreements import register as the_register
from tongxin.heart.agreements.models import Clause, Duty, InstrumentVersion
from tongxin.heart.exchange.api_parts import (
    PUBLIC_PROBLEMS,
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    PageSize,
    Word,
    reader_of,
)
from tongxin.heart.ledger.remembered import remembered
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

router = Router(tags=["agreements"])

States = Literal["open", "claimed", "suspended", "met", "excused", "void", "failed"]


class Words(Schema):
    """The same words in both languages."""

    zh: str
    en: str


class KeptOut(Schema):
    """How duties due in the last twelve months were kept; `share` is null under five."""

    on_time: int
    total: int
    share: float | None
    illustrative: bool


class AgreementOut(Schema):
    """One version of an instrument."""

    id: str
    instrument: str
    number: int
    kind: str
    field: str
    title: Words
    parties: list[str]
    state: str
    in_force_from: date
    in_force_until: date | None
    illustrative: bool
    canonical_hash: str
    kept: KeptOut | None = Field(None, description="Null where made-up terms may not be scored.")
    url: str


class ClauseOut(Schema):
    """A clause: the signed words, what the machine reads, and where it stands in the file."""

    id: str
    name: str
    kind: str
    title: Words
    text: Words
    body: dict[str, Any]
    first_line: int
    last_line: int


class AgreementWholeOut(AgreementOut):
    """One version with its clauses, its provenance and the entry with which it was registered."""

    provenance: dict[str, Any]
    source_file: str
    ledger_index: int | None
    clauses: list[ClauseOut]


class PauseOut(Schema):
    """A time that does not count: a suspension on a ground, or `at_creditor`. `until` is null while it lasts."""

    begins: str
    until: str | None
    ground: str


class DutyOut(Schema):
    """What the bound desk owes the owed desk. `overdue` is computed now; instants are Beijing time with offset.

    `needed_by` is when the receiver needs it: shown and escalated with the due, never scored; the earlier of the two
    is the `working_deadline`. While a delivery waits for the owed desk's answer the state is `claimed`, until
    `answer_due_at`.
    """

    id: int
    thread: str
    agreement: str
    clause: str
    purpose: str
    subject: str
    what: str = Field(description="What it demands, in the caller's language")
    bound_desk: str
    owed_desk: str
    round: int
    state: str
    overdue: bool
    opened_at: str
    starts_at: str
    due_at: str
    baseline_due_at: str | None = Field(
        description="Of a delivery: the first date, kept beside the agreed one"
    )
    needed_by: str | None
    working_deadline: str
    no_time_left: bool
    clock: str
    within: str
    provisional: bool
    pauses: list[PauseOut]
    proposed: dict[str, date] = Field(
        description="Days that `bound` and `owed` have named and not yet agreed"
    )
    delivered_at: str | None
    answer_due_at: str | None
    sent_back: int
    ended_at: str | None
    end_reason: str
    illustrative: bool
    drill: bool
    url: str


class MoveOut(Schema):
    """A due that moved: from when to when, why (a code), by what, and when."""

    old: str
    new: str
    why: str
    cause: str
    at: str


class DutyMovedOut(DutyOut):
    """A duty with every move of its due."""

    moves: list[MoveOut]


class DutiesOut(Schema):
    """A page of duties, earliest due first; `next_offset` leads on."""

    total: int
    next_offset: int | None
    duties: list[DutyMovedOut]


class DutyFilter(Schema):
    """Which duties are wanted; all that is given must fit."""

    state: States | None = None
    overdue: bool | None = Field(None, description="Open and past the due now.")
    side: Literal["bound", "owed"] | None = Field(None, description="What the own desk owes, or is owed.")
    thread: Word | None = Field(None, description="`matter:M-2026-000001` or `case:…`")
    agreement: Word | None = None
    limit: PageSize = 100
    offset: Number = 0


class ConfirmedOut(Schema):
    """The receipt: its message and the duties it met."""

    message: UUID
    met: list[int]


@router.get(
    "/agreements",
    response={200: list[AgreementOut], **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="list_agreements",
)
def list_agreements(
    request: Call, field: Word | None = None, party: Word | None = None, kind: Word | None = None
) -> list[dict[str, Any]]:
    """List the register: of each instrument the version in force, else its newest one. Anyone may read it."""
    now = clock.now()
    kept = remembered(request, "kept-by-instrument", lambda: keeping.kept_by_instrument(now))
    rows = the_register.rows(now, field=field or "", party=party or "", kind=kind or "", kept=kept)
    return [_agreement(row.version, row.kept) for row in rows]


@router.get(
    "/agreements/{agreement}",
    response={200: AgreementWholeOut, **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="show_agreement",
)
def show_agreement(request: Call, agreement: Word) -> dict[str, Any]:
    """Show one version, `id@number`; `id` alone means the newest. Anyone may read it.

    With the token of a party's office, what waits for signatures is found too.
    """
    version = queries.version(agreement, reader_of(request))
    shown = keeping.scores_shown(version.illustrative)
    kept = keeping.kept(clock.now(), instrument=version.instrument_id) if shown else None
    return _agreement(version, kept) | {
        "provenance": version.provenance,
        "source_file": version.source_file,
        "ledger_index": the_register.ledger_index(version),
        "clauses": [_clause(c) for c in version.clauses.order_by("ordinal")],
    }


@router.get(
    "/duties", response={200: DutiesOut, **READ_PROBLEMS}, tags=["duties"], operation_id="list_duties"
)
def list_duties(request: Call, wanted: Query[DutyFilter]) -> dict[str, Any]:
    """List the duties that the caller's desk owes or is owed, earliest due first."""
    now = clock.now()
    total, page = queries.page(
        request.auth,
        _fits(request.auth, wanted, now),
        wanted.offset,
        wanted.limit,
        thread=wanted.thread or "",
    )
    end = wanted.offset + wanted.limit
    return {
        "total": total,
        "next_offset": end if end < total else None,
        "duties": [duty_out(d, now) | moves_out(d) for d in page],
    }


def _fits(reader: Acting, wanted: DutyFilter, now: datetime) -> Q:
    """Return the condition of a filter, but for the thread."""
    fits = Q()
    if wanted.state:
        fits &= Q(state=wanted.state)
    if wanted.overdue is not None:
        late = Q(state=Duty.State.OPEN, due_at__lt=now)
        fits &= late if wanted.overdue else ~late
    if wanted.side:
        fits &= Q(**{f"{wanted.side}_desk_id": reader.desk})
    if wanted.agreement:
        fits &= Q(clause__in=Clause.objects.filter(version__instrument=wanted.agreement).values("id"))
    return fits


@router.post(
    "/notices/{message}/confirmation",
    response={201: ConfirmedOut, **WRITE_PROBLEMS},
    tags=["incidents"],
    operation_id="confirm_notice",
)
def confirm_notice(request: Call, message: UUID, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Confirm receipt of a notice to the caller's desk. Needs the capability `confirm`."""
    return Status(201, actions.confirm(by=request.auth, key=key, message=str(message)))


def local(at: datetime | None) -> str | None:
    """Return an instant as ISO 8601 in Beijing time with its offset."""
    return clock.beijing(at).isoformat(timespec="seconds") if at else None


def duty_out(duty: Duty, now: datetime) -> dict[str, Any]:
    """Return a duty as the API tells it."""
    count = duty.due_count
    return {
        "id": duty.pk,
        "thread": duty.thread,
        "agreement": duty.clause.version_id,
        "clause": duty.clause_id,
        "purpose": duty.purpose,
        "subject": duty.subject,
        "what": wording.duty_words(duty),
        "bound_desk": duty.bound_desk_id,
        "owed_desk": duty.owed_desk_id,
        "round": duty.round,
        "state": duty.state,
        "overdue": wording.duty_state(duty, now) == "late",
        "opened_at": local(duty.opened_at),
        "starts_at": local(duty.starts_at),
        "due_at": local(duty.due_at),
        "baseline_due_at": local(duty.baseline_due_at),
        "needed_by": local(duty.needed_by),
        "working_deadline": local(min(duty.due_at, duty.needed_by or duty.due_at)),
        "no_time_left": duty.no_time_left,
        "clock": str(count.get("clock", "")),
        "within": str(count.get("within", "")),
        "provisional": bool(count.get("provisional", False)),
        "pauses": [
            {
                "begins": local(datetime.fromisoformat(p["from"])),
                "until": local(datetime.fromisoformat(p["until"])) if p["until"] else None,
                "ground": str(p.get("ground", "")),
            }
            for p in duty.pauses
        ],
        "proposed": count.get("proposed", {}),
        "delivered_at": local(duty.delivered_at),
        "answer_due_at": local(duty.answer_due_at),
        "sent_back": duty.sent_back,
        "ended_at": local(duty.ended_at),
        "end_reason": duty.end_reason,
        "illustrative": duty.illustrative,
        "drill": duty.drill,
        "url": f"/api/v1/duties/{duty.pk}",
    }


def moves_out(duty: Duty) -> dict[str, Any]:
    """Return the moves of a duty's due, oldest first."""
    rows = sorted(duty.moves.all(), key=lambda move: (move.at, move.pk))
    return {
        "moves": [
            {
                "old": local(move.old),
                "new": local(move.new),
                "why": move.why,
                "cause": move.cause,
                "at": local(move.at),
            }
            for move in rows
        ]
    }


def _agreement(version: InstrumentVersion, kept: keeping.Kept | None) -> dict[str, Any]:
    instrument = version.instrument
    return {
        "id": version.id,
        "instrument": instrument.id,
        "number": version.number,
        "kind": instrument.kind,
        "field": instrument.field,
        "title": {"zh": instrument.title_zh, "en": instrument.title_en},
        "parties": version.parties,
        "state": bounds.state_of(version, clock.now()),
        "in_force_from": version.in_force_from,
        "in_force_until": version.in_force_until,
        "illustrative": version.illustrative,
        "canonical_hash": version.canonical_hash,
        "kept": {
            "on_time": kept.on_time,
            "total": kept.total,
            "share": kept.share,
            "illustrative": kept.illustrative,
        }
        if kept
        else None,
        "url": f"/api/v1/agreements/{version.id}",
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "name": clause.name,
        "kind": clause.kind,
        "title": {"zh": clause.title_zh, "en": clause.title_en},
        "text": {"zh": clause.text_zh, "en": clause.text_en},
        "body": rulebook.read_clause(clause).model_dump(mode="json", by_alias=True),
        "first_line": clause.first_line,
        "last_line": clause.last_line,
    }
