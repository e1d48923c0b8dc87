"""API of the ledger: hashes, bodies and proofs for anybody; payloads for who may see them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from tongxin.heart.ledger import actions, extracts, queries, sights
from tongxin.heart.ledger.models import Checkpoint, Entry
from tongxin.shared import clock
from tongxin.shared.api_parts import PUBLIC_PROBLEMS, READ_PROBLEMS, Number, PageSize, Problem, Word
from tongxin.shared.errors import NotAllowed, NotFound

router = Router(tags=["ledger"])

Hash = Annotated[str, Field(description="SHA-256, 64 hex digits.")]
Instant = Annotated[str, Field(description="ISO 8601 in UTC, six decimals, as in the entry's bytes.")]
Filter = Annotated[str, Field(max_length=160, pattern=r"^[\x21-\x7e]*$")]


class TokenCall(Protocol):
    """A request whose token was checked."""

    auth: sights.Looker


class HeadOut(Schema):
    """The head of the log as it stands; `checkpoint_size` entries of it are signed."""

    node: str
    algorithm: str
    size: int
    root: Hash
    at: Instant
    key_id: Hash
    checkpoint_size: int


class EntryOut(Schema):
    """An entry. `body` holds the exact bytes that are hashed (UTF-8); the other fields repeat it."""

    index: int
    at: Instant
    act: str
    desk: str
    post: str
    subject: str
    cause: str
    basis: str
    body: str
    leaf: Hash


class EntriesOut(Schema):
    """A page of entries, latest first; ask again with `before` = `next_before` for the one after it."""

    entries: list[EntryOut]
    next_before: int | None


class InclusionOut(Schema):
    """RFC 6962 proof that leaf `index` is in the tree of `size` with `root`."""

    index: int
    size: int
    leaf: Hash
    root: Hash
    path: list[Hash]


class ConsistencyOut(Schema):
    """RFC 6962 proof that the tree of `old` is the beginning of the tree of `new`."""

    old: int
    new: int
    old_root: Hash
    new_root: Hash
    path: list[Hash]


class CheckpointOut(Schema):
    """A signed head. `note` is the text as handed out: signed lines, an empty line, signatures."""

    node: str
    size: int
    root: Hash
    at: Instant
    algorithm: str
    key_id: Hash
    public_key: str
    signature: str
    witnesses: list[str]
    note: str


class PayloadOut(Schema):
    """What an entry is about, and the salt: SHA-256(salt ‖ payload text) is in the entry."""

    index: int
    salt: Hash
    payload: str


class ExtractEntryOut(Schema):
    """One entry of an extract."""

    index: int
    body: str
    proof: list[Hash]
    state: Literal["shown", "withheld", "erased", "missing"]
    salt: str | None
    payload: str | None


class ExtractProofOut(Schema):
    """Consistency between two sizes."""

    old: int
    new: int
    proof: list[Hash]


class ExtractOut(Schema):
    """An extract, to be verified with tongxin_verify.py."""

    format: str
    manifest: str
    contents: list[tuple[int, str]]
    entries: list[ExtractEntryOut]
    checkpoints: list[str]
    consistency: list[ExtractProofOut]


@router.get("/ledger/head", auth=None, response={200: HeadOut, **PUBLIC_PROBLEMS}, operation_id="ledger_head")
def head(request: HttpRequest) -> dict[str, Any]:
    """Return size and root of the log."""
    now = queries.head()
    if now is None:
        raise NotFound("empty_log", queries.EMPTY)
    signed = queries.latest_checkpoint()
    at = clock.iso(now.at) if now.at else ""
    return {**vars(now), "at": at, "root": now.root.hex(), "checkpoint_size": signed.size if signed else 0}


@router.get(
    "/ledger/entries", auth=None, response={200: EntriesOut, **PUBLIC_PROBLEMS}, operation_id="ledger_entries"
)
def entries(
    request: HttpRequest,
    act: Filter = "",
    desk: Filter = "",
    subject: Filter = "",
    before: Number | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """List entries, latest first; each filter takes the thing named and everything below it."""
    found = queries.entries(act=act, desk=desk, subject=subject, before=before, limit=limit)
    return {
        "entries": [_entry(e) for e in found],
        "next_before": found[-1].index if len(found) == limit and found[-1].index else None,
    }


@router.get(
    "/ledger/entries/{index}",
    auth=None,
    response={200: EntryOut, **PUBLIC_PROBLEMS},
    operation_id="ledger_entry",
)
def entry(request: HttpRequest, index: Number) -> dict[str, Any]:
    """Return one entry."""
    return _entry(queries.entry(index))


@router.get(
    "/ledger/entries/{index}/proof",
    auth=None,
    response={200: InclusionOut, **PUBLIC_PROBLEMS},
    operation_id="ledger_inclusion",
)
def inclusion(request: HttpRequest, index: Number, size: Number | None = None) -> dict[str, Any]:
    """Prove that the entry is in the log of `size` (now, if not given)."""
    proof = queries.inclusion_proof(index, size)
    return {**vars(proof), "leaf": proof.leaf.hex(), "root": proof.root.hex(), "path": _hex(proof.path)}


@router.get(
    "/ledger/entries/{index}/payload",
    response={200: PayloadOut, **READ_PROBLEMS},
    operation_id="ledger_payload",
)
def payload(request: TokenCall, index: Number) -> dict[str, Any]:
    """Return what the entry is about, to a post that may see it."""
    line = queries.lines([queries.entry(index)], visible_to=request.auth)[0]
    if line.state == queries.WITHHELD:
        raise NotAllowed("payload_withheld", queries.NOT_YOURS)
    if line.state != queries.SHOWN:
        raise NotFound("no_payload", queries.ERASED_TEXT)
    kept = line.entry.payload
    return {"index": index, "salt": bytes(kept.salt).hex(), "payload": bytes(kept.body).decode()}


@router.get(
    "/ledger/consistency",
    auth=None,
    response={200: ConsistencyOut, **PUBLIC_PROBLEMS},
    operation_id="ledger_consistency",
)
def consistency(request: HttpRequest, old: Number, new: Number | None = None) -> dict[str, Any]:
    """Prove that the log of `old` is the beginning of that of `new` (now, if not given)."""
    proof = queries.consistency_proof(old, new)
    return {
        **vars(proof),
        "old_root": proof.old_root.hex(),
        "new_root": proof.new_root.hex(),
        "path": _hex(proof.path),
    }


@router.get(
    "/ledger/checkpoint",
    auth=None,
    response={200: CheckpointOut, **PUBLIC_PROBLEMS},
    operation_id="ledger_checkpoint",
)
def checkpoint(request: HttpRequest, size: Number | None = None) -> dict[str, Any]:
    """Return the last checkpoint, or the one of exactly `size`."""
    return _checkpoint(queries.checkpoint(size))


@router.get(
    "/ledger/extract",
    response={200: ExtractOut, 409: Problem, **READ_PROBLEMS},
    operation_id="ledger_extract",
)
def extract(
    request: TokenCall,
    subject: Annotated[list[Word], Query(max_length=50)] = [],  # noqa: B006 - ninja reads the default, nobody writes it
    since: Number | None = None,
) -> dict[str, Any]:
    """Return the caller's own side of the log, or the threads named, with proofs; payloads as far as it may see."""
    actions.checkpoint()
    side = "" if subject else request.auth.jurisdiction
    return extracts.extract(subjects=subject, jurisdiction=side, visible_to=request.auth, since=since)


def _entry(found: Entry) -> dict[str, Any]:
    return {
        "index": found.index,
        "at": clock.iso(found.at),
        "act": found.act,
        "desk": found.desk,
        "post": found.post,
        "subject": found.subject,
        "cause": found.cause,
        "basis": found.basis,
        "body": bytes(found.body).decode(errors="replace"),
        "leaf": bytes(found.leaf).hex(),
    }


def _checkpoint(signed: Checkpoint) -> dict[str, Any]:
    return {
        "node": signed.node,
        "size": signed.size,
        "root": bytes(signed.root).hex(),
        "at": clock.iso(signed.at),
        "algorithm": signed.algorithm,
        "key_id": signed.key_id,
        "public_key": bytes(signed.public_key).hex(),
        "signature": bytes(signed.signature).hex(),
        "witnesses": signed.witnesses,
        "note": queries.checkpoint_note(signed),
    }


def _hex(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]
