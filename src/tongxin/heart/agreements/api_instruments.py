"""API of instruments: drafts, proposals, signatures, differences, endings, leaving, milestones, permits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Router
from ninja.responses import Status

from tongxin.heart.agreements import actions, bounds, drafts, instrument_pages, queries, waiting
from tongxin.heart.agreements import diff as differences
from tongxin.heart.agreements.api_instruments_out import (
    ChangeIn,
    CheckedOut,
    DifferenceOut,
    DiscardedOut,
    DraftedOut,
    DraftOut,
    EndingIn,
    EndingSignedOut,
    HashIn,
    LeavingOut,
    MilestoneIn,
    MilestoneOut,
    PartyIn,
    PermitOut,
    ProposedOut,
    ReasonIn,
    ReturnedOut,
    SignaturesOut,
    SignedOut,
    StayingOut,
    TextIn,
    WaitingOut,
)
from tongxin.heart.agreements.known import Known, known_words
from tongxin.heart.agreements.language import InstrumentFile
from tongxin.heart.agreements.models import Draft
from tongxin.heart.exchange.api_parts import (
    PUBLIC_PROBLEMS,
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    Word,
    reader_of,
)
from tongxin.shared import clock
from tongxin.shared.errors import NotFound

router = Router(tags=["agreements"])


@router.post("/agreement-check", response={200: CheckedOut, **READ_PROBLEMS}, operation_id="check_agreement")
def check_agreement(request: Call, body: TextIn) -> dict[str, Any]:
    """Check a text without keeping it. Needs the capability `register_agreement`."""
    request.auth.need(waiting.WRITES)
    checked = drafts.check(body.text, body.file, known=known_words(request.auth))
    read = checked.read
    return {
        "version": f"{read.model.agreement}@{read.model.version}" if read else None,
        "hash": read.canonical_hash if read else None,
        "faults": _faults(checked),
    }


@router.get("/agreement-drafts", response={200: list[DraftOut], **READ_PROBLEMS}, operation_id="list_drafts")
def list_drafts(request: Call) -> list[dict[str, Any]]:
    """List the open drafts of the caller's office."""
    rows = drafts.drafts(request.auth)
    known = known_words(request.auth) if rows else None
    return [_draft(row, known) for row in rows if known]


@router.post("/agreement-drafts", response={201: DraftedOut, **WRITE_PROBLEMS}, operation_id="write_draft")
def write_draft(request: Call, body: TextIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Begin a draft; it is kept with its faults. Needs `register_agreement` at a coordination office."""
    return Status(201, actions.draft(by=request.auth, key=key, text=body.text, file=body.file))


@router.get("/agreement-drafts/{draft}", response={200: DraftOut, **READ_PROBLEMS}, operation_id="show_draft")
def show_draft(request: Call, draft: Number) -> dict[str, Any]:
    """Show one draft of the caller's office."""
    return _draft(drafts.draft(request.auth, draft), known_words(request.auth))


@router.post(
    "/agreement-drafts/{draft}/text",
    response={201: DraftedOut, **WRITE_PROBLEMS},
    operation_id="change_draft",
)
def change_draft(request: Call, draft: Number, body: ChangeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Change a draft of the caller's office."""
    return Status(201, actions.change_draft(by=request.auth, key=key, draft=draft, **body.dict()))


@router.post(
    "/agreement-drafts/{draft}/discard",
    response={201: DiscardedOut, **WRITE_PROBLEMS},
    operation_id="discard_draft",
)
def discard_draft(request: Call, draft: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Put a draft of the caller's office away."""
    return Status(201, actions.discard_draft(by=request.auth, key=key, draft=draft))


@router.post(
    "/agreement-drafts/{draft}/proposal",
    response={201: ProposedOut, **WRITE_PROBLEMS},
    operation_id="propose_agreement",
)
def propose_agreement(request: Call, draft: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Put a draft without faults before its parties; from here on text and hash are fixed."""
    return Status(201, actions.propose(by=request.auth, key=key, draft=draft))


@router.get(
    "/agreements/{agreement}/signatures",
    response={200: SignaturesOut, **READ_PROBLEMS},
    operation_id="list_signatures",
)
def list_signatures(request: Call, agreement: Word) -> dict[str, Any]:
    """Show who has signed a version and who is missing."""
    row = queries.version(agreement, request.auth)
    now = clock.now()
    rows = instrument_pages.side_rows(row, row.canonical_hash, now)
    return {
        "version": row.id,
        "state": bounds.state_of(row, now),
        "hash": row.canonical_hash,
        "parties": [
            {
                "party": each.side.party,
                "complete": each.side.complete,
                "signed": [s.post for s in each.side.signatures],
                "missing": each.side.missing,
            }
            for each in rows
        ],
    }


@router.get(
    "/waiting-signatures", response={200: list[WaitingOut], **READ_PROBLEMS}, operation_id="list_waiting"
)
def list_waiting(request: Call) -> list[dict[str, Any]]:
    """List what waits for a signature of the caller's office."""
    return [
        {
            "version": w.version.id,
            "kind": w.kind,
            "hash": w.canonical_hash,
            "place": w.place,
            "since": clock.beijing(w.since).isoformat(timespec="seconds") if w.since else None,
        }
        for w in waiting.waiting_for(request.auth)
    ]


@router.post(
    "/agreements/{agreement}/signatures",
    response={201: SignedOut, **WRITE_PROBLEMS},
    operation_id="sign_agreement",
)
def sign_agreement(
    request: Call, agreement: Word, body: HashIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Sign exactly this text for the own party. Where two persons sign, both do it on screen."""
    return Status(201, actions.sign(by=request.auth, key=key, version=agreement, canonical_hash=body.hash))


@router.post(
    "/agreements/{agreement}/refusal",
    response={201: ReturnedOut, **WRITE_PROBLEMS},
    operation_id="refuse_agreement",
)
def refuse_agreement(
    request: Call, agreement: Word, body: ReasonIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Do not sign: the text goes back to its draft with the reason."""
    return Status(
        201, actions.refuse_to_sign(by=request.auth, key=key, version=agreement, reason=body.reason)
    )


@router.post(
    "/agreements/{agreement}/ending",
    response={201: ProposedOut, **WRITE_PROBLEMS},
    operation_id="propose_ending",
)
def propose_ending(
    request: Call, agreement: Word, body: EndingIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Propose that a version ends on a day; every party signs just that."""
    return Status(
        201,
        actions.propose_ending(by=request.auth, key=key, version=agreement, on=body.on, reason=body.reason),
    )


@router.post(
    "/agreements/{agreement}/ending/signatures",
    response={201: EndingSignedOut, **WRITE_PROBLEMS},
    operation_id="sign_ending",
)
def sign_ending(request: Call, agreement: Word, body: HashIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Sign an ending for the own party."""
    return Status(
        201, actions.sign_ending(by=request.auth, key=key, version=agreement, canonical_hash=body.hash)
    )


@router.get(
    "/agreements/{agreement}/difference",
    response={200: DifferenceOut, **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="compare_agreements",
)
def compare_agreements(request: Call, agreement: Word, other: Word) -> dict[str, Any]:
    """Compare two versions of one instrument; the older one is `old`. Anyone may read what is signed.

    With the token of a party's office, what waits for signatures is found too.
    """
    reader = reader_of(request)
    one, two = queries.version(agreement, reader), queries.version(other, reader)
    if one.instrument_id != two.instrument_id:
        raise NotFound("no_such_agreement", _("These are versions of two instruments."))
    old, new = sorted((one, two), key=lambda row: row.number)
    was, now = InstrumentFile.model_validate(old.body), InstrumentFile.model_validate(new.body)
    return {
        "old": old.id,
        "new": new.id,
        "head": [_key(change) for change in differences.header(was, now)],
        "clauses": [
            {"clause": c.id, "kind": c.kind, "what": c.what, "keys": [_key(k) for k in c.keys]}
            for c in differences.diff(was, now)
        ],
    }


@router.get(
    "/agreements/{agreement}/permits",
    response={200: list[PermitOut], **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="list_permits",
)
def list_permits(request: Call, agreement: Word) -> list[dict[str, Any]]:
    """List the permits that follow from a version while it is in force. Anyone may read it."""
    row = queries.version(agreement)
    return [
        {name: getattr(permit, name) for name in PermitOut.model_fields}
        for permit in instrument_pages.permit_rows(row, clock.now())
    ]


@router.post(
    "/agreements/{agreement}/departures",
    response={201: LeavingOut, **WRITE_PROBLEMS},
    operation_id="leave_agreement",
)
def leave_agreement(
    request: Call, agreement: Word, body: PartyIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Give notice that the own party leaves an instrument (`agreement` is its id without a version)."""
    return Status(201, actions.leave(by=request.auth, key=key, instrument=agreement, party=body.party))


@router.post(
    "/departures/{departure}/withdrawal",
    response={201: StayingOut, **WRITE_PROBLEMS},
    operation_id="withdraw_departure",
)
def withdraw_departure(request: Call, departure: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Take a notice back before its day."""
    return Status(201, actions.withdraw_leaving(by=request.auth, key=key, departure=departure))


@router.post(
    "/agreements/{agreement}/milestones",
    response={201: MilestoneOut, **WRITE_PROBLEMS},
    operation_id="report_milestone",
)
def report_milestone(
    request: Call, agreement: Word, body: MilestoneIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Report that a milestone of an instrument (its id without a version) was reached."""
    return Status(
        201, actions.report_milestone(by=request.auth, key=key, instrument=agreement, **body.dict())
    )


def _draft(row: Draft, known: Known) -> dict[str, Any]:
    return {
        "id": row.pk,
        "edition": row.edition,
        "file": row.file,
        "text": row.text,
        "state": row.state,
        "proposed_as": row.proposed_as_id,
        "faults": _faults(drafts.check(row.text, row.file, known=known)),
    }


def _faults(checked: drafts.Checked) -> list[dict[str, Any]]:
    return [{"line": f.line, "reason": f.reason, "nearest": f.nearest} for f in checked.faults]


def _key(change: differences.KeyChange) -> dict[str, str]:
    return {"key": change.key, "old": differences.shown(change.old), "new": differences.shown(change.new)}
