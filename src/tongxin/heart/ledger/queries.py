"""The only reads of the ledger for screens, API and CLI: head, entries, proofs, timelines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import pages, sights, tree
from tongxin.heart.ledger.actions import ERASED, HEAD, KEY_CHANGED, split_hashes
from tongxin.heart.ledger.form import checkpoint_text, note, signature_line
from tongxin.heart.ledger.models import Checkpoint, Entry, Log, TreeNode, Verification
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotFound

SHOWN, WITHHELD, ERASED_STATE, NONE = "shown", "withheld", "erased", "missing"
CHUNK = 500  # rows or parameters a statement

EMPTY = _("The log has no entries yet.")
NOT_YOURS = _("This payload is not for your post to see.")
ERASED_TEXT = _("This entry has no payload any more.")


@dataclass(frozen=True)
class Head:
    """The head of the log as it stands now; signed or not."""

    node: str
    algorithm: str
    size: int
    root: bytes
    at: datetime | None
    key_id: str


@dataclass(frozen=True)
class Line:
    """One entry with its payload, if there is one and the reader may see it."""

    entry: Entry
    state: str  # shown, withheld, erased
    payload: dict[str, Any] | None


@dataclass(frozen=True)
class InclusionProof:
    """Shows that the entry is in the tree of `size` with `root`."""

    index: int
    size: int
    leaf: bytes
    root: bytes
    path: list[bytes]


@dataclass(frozen=True)
class ProofStep:
    """One step from a leaf towards the root: the hash that comes in, from which side, over which entries."""

    side: str  # left or right: where the incoming hash stands
    first: int
    last: int
    incoming: bytes
    result: bytes


@dataclass(frozen=True)
class ConsistencyProof:
    """Shows that the tree of `old` is the beginning of the tree of `new`."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    path: list[bytes]


def head() -> Head | None:
    """Return the head of the log, None before the first entry."""
    log = Log.objects.filter(pk=HEAD, size__gt=0).first()
    if log is None:
        return None
    root = tree.fold(split_hashes(bytes(log.peaks)))
    return Head(log.node, log.algorithm, log.size, root, log.last_at, log.key_id)


def entry(index: int) -> Entry:
    """Return the entry at `index`; raises NotFound."""
    if not 0 <= index < 1 << 62:
        raise _no_entry(index)
    found = Entry.objects.filter(pk=index).select_related("payload").first()
    if found is None:
        raise _no_entry(index)
    return found


def entries(
    *, act: str = "", desk: str = "", subject: str = "", before: int | None = None, limit: int = 50
) -> list[Entry]:
    """Return up to `limit` entries, latest first, with an index below `before`.

    `act`, `desk` and `subject` take the thing named and everything below it (`ecology`, `tj-baodi`, `case:X`).
    """
    _readable(act=act, desk=desk, subject=subject)
    indices = pages.newest(
        act=act, desk=desk, subject=subject, before=before, limit=max(1, min(limit, CHUNK))
    )
    return list(Entry.objects.filter(pk__in=indices).order_by("-index"))


def entries_of(subject: str) -> QuerySet[Entry]:
    """Return the entries about `subject` or anything below it, oldest first."""
    _readable(subject=subject)
    return Entry.objects.filter(below("subject", subject, "/")).select_related("payload").order_by("index")


def entries_by(desk: str) -> QuerySet[Entry]:
    """Return the entries by `desk`, or by all desks of a jurisdiction, oldest first."""
    _readable(desk=desk)
    desks = pages.codes_below("desk", desk, "/")
    return Entry.objects.filter(desk__in=desks).select_related("payload").order_by("index")


def timeline(subject: str) -> list[Line]:
    """Return the story of a subject: its entries with their payloads, oldest first.

    For pages whose reader may see the subject; the caller has made sure of that.
    """
    return with_payloads(entries_of(subject))


def with_payloads(rows: Iterable[Entry]) -> list[Line]:
    """Return entries with their payloads, in their order; as with `timeline` the caller knows that they may be seen."""
    found = list(rows)
    gone = erased([e.index for e in found if not _has_payload(e)])
    return [_line(e, visible=True, erased=e.index in gone) for e in found]


def lines(
    found: Iterable[Entry], *, visible_to: sights.Looker | None, subjects: Iterable[str] = ()
) -> list[Line]:
    """Return the entries with the payloads that `visible_to` may see; `subjects` are threads it may see anyway."""
    rows = list(found)
    payloads = {e.index for e in rows if _has_payload(e)}
    gone = erased([e.index for e in rows if e.index not in payloads])
    threads = tuple(subjects)
    return [
        _line(
            e,
            visible=_below_any(e.subject, threads) or sights.may_see(visible_to, e.desk, e.subject),
            erased=e.index in gone,
        )
        for e in rows
    ]


def inclusion_proof(index: int, size: int | None = None) -> InclusionProof:
    """Return the proof that entry `index` is in the log of `size` (the present one if None); raises NotFound."""
    now = _head_or_refuse()
    size = now.size if size is None else size
    if not 0 <= index < size <= now.size:
        raise NotFound("no_such_proof", _("There is no proof for this entry and this size of the log."))
    nodes = stored([*tree.positions(tree.inclusion_spans(index, size)), (0, index), *tree.cover(0, size)])
    path = tree.hashes(tree.inclusion_spans(index, size), nodes)
    return InclusionProof(index, size, nodes[(0, index)], _root(size, nodes), path)


def proof_steps(proof: InclusionProof) -> list[ProofStep]:
    """Return the proof as the steps one does by hand."""
    steps: list[ProofStep] = []
    value = proof.leaf
    for (start, end), incoming in zip(tree.inclusion_spans(proof.index, proof.size), proof.path, strict=True):
        left = start < proof.index
        value = tree.node_hash(incoming, value) if left else tree.node_hash(value, incoming)
        steps.append(ProofStep("left" if left else "right", start, end - 1, incoming, value))
    return steps


def consistency_proof(old: int, new: int | None = None) -> ConsistencyProof:
    """Return the proof that the log of `old` is the beginning of that of `new`; raises NotFound."""
    now = _head_or_refuse()
    new = now.size if new is None else new
    if not 0 < old <= new <= now.size:
        raise NotFound("no_such_proof", _("There is no proof between these two sizes of the log."))
    spans = tree.consistency_spans(old, new)
    nodes = stored(tree.positions(spans) + tree.cover(0, old) + tree.cover(0, new))
    return ConsistencyProof(old, new, _root(old, nodes), _root(new, nodes), tree.hashes(spans, nodes))


def latest_checkpoint() -> Checkpoint | None:
    """Return the last signed head, None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint(size: int | None = None) -> Checkpoint:
    """Return the last checkpoint, or that of `size`; raises NotFound."""
    found = latest_checkpoint() if size is None else checkpoint_of(size)
    if found is None:
        raise NotFound(
            "no_checkpoint",
            _("There is no such checkpoint."),
            todo=_("A checkpoint is signed within a minute after the log grew; come back then."),
        )
    return found


def checkpoint_of(size: int) -> Checkpoint | None:
    """Return the checkpoint at exactly `size`, if one was signed there."""
    return Checkpoint.objects.filter(pk=size).first() if size < 1 << 62 else None


def first_checkpoint_over(index: int) -> Checkpoint | None:
    """Return the earliest checkpoint that covers the entry, None while none does."""
    return Checkpoint.objects.filter(size__gt=index).order_by("size").first()


def checkpoint_note(signed: Checkpoint, algorithm: str = "sha256") -> str:
    """Return the checkpoint as the text that is handed out: signed lines, empty line, signatures."""
    text = signed_text(signed, algorithm)
    line = signature_line(
        f"node:{signed.node}", signed.algorithm, bytes(signed.public_key), bytes(signed.signature)
    )
    return note(text, [line, *(str(witness) for witness in signed.witnesses)])


def signed_text(signed: Checkpoint, algorithm: str = "sha256") -> bytes:
    """Return the bytes over which the checkpoint's signature stands."""
    return checkpoint_text(
        node=signed.node,
        algorithm=algorithm,
        size=signed.size,
        root=bytes(signed.root),
        at=clock.iso(signed.at),
    )


def last_verification() -> Verification | None:
    """Return what the server found when it last recomputed its own log, None before the first time."""
    return Verification.objects.order_by("-pk").first()


def stored(positions: Iterable[tree.Position]) -> Mapping[tree.Position, bytes]:
    """Fetch the hashes at these positions: leaves from the entries, inner nodes from the tree."""
    wanted = sorted(set(positions))
    leaves = [index for level, index in wanted if level == 0]
    found: dict[tree.Position, bytes] = {}
    for part in _parts(leaves):
        rows = Entry.objects.filter(index__in=part).values_list("index", "leaf")
        found.update({(0, index): bytes(value) for index, value in rows})
    for start in range(len(leaves), len(wanted), CHUNK):
        nodes = TreeNode.objects.filter(_any_of(wanted[start : start + CHUNK]))
        found.update(
            {(level, i): bytes(value) for level, i, value in nodes.values_list("level", "index", "hash")}
        )
    return found


def _any_of(positions: list[tree.Position]) -> Q:
    """Return the condition for these nodes, one branch a level: one statement instead of one a level."""
    levels: dict[int, list[int]] = {}
    for level, index in positions:
        levels.setdefault(level, []).append(index)
    return Q(*(Q(level=level, index__in=part) for level, part in levels.items()), _connector=Q.OR)


def key_entries(size: int) -> QuerySet[Entry]:
    """Return the entries below `size` that name the node's key: entry 0 and every change since."""
    return Entry.objects.filter(Q(index=0) | Q(act=KEY_CHANGED), index__lt=size).order_by("index")


def erasures(indices: list[int]) -> QuerySet[Entry]:
    """Return the entries that say the payload of one of `indices` was erased."""
    return Entry.objects.filter(act=ERASED, subject__in=[f"entry:{i}" for i in indices])


def erased(indices: list[int]) -> set[int]:
    """Return those of `indices` whose payload was erased by an entry that says so."""
    found: set[int] = set()
    for part in _parts(indices):
        found.update(int(e.subject.partition(":")[2]) for e in erasures(part))
    return found


def below(field: str, value: str, separator: str) -> Q:
    """Return the condition that `field` is `value` or lies below it, by bytes and with the index in use."""
    start = value + separator
    if connection.vendor == "sqlite":  # LIKE there ignores case and leaves the index aside
        inside = Q(**{f"{field}__gte": start, f"{field}__lt": value + chr(ord(separator) + 1)})
    else:
        inside = Q(**{f"{field}__startswith": start})
    return Q(**{field: value}) | inside


def _readable(**filters: str) -> None:
    """Refuse a filter that no database can read."""
    for field, value in filters.items():
        if "\x00" in value:
            raise Invalid(
                _("This filter cannot be read."), {field: [_("It holds a character that no code has.")]}
            )


def _has_payload(found: Entry) -> bool:
    return hasattr(found, "payload")


def _line(found: Entry, *, visible: bool, erased: bool) -> Line:
    if not _has_payload(found):
        return Line(found, ERASED_STATE if erased else NONE, None)
    if not visible:
        return Line(found, WITHHELD, None)
    return Line(found, SHOWN, json.loads(bytes(found.payload.body)))


def _below_any(subject: str, threads: tuple[str, ...]) -> bool:
    return any(subject == thread or subject.startswith(thread + "/") for thread in threads)


def _parts(values: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _root(size: int, nodes: Mapping[tree.Position, bytes]) -> bytes:
    return tree.fold([nodes[position] for position in tree.cover(0, size)])


def _head_or_refuse() -> Head:
    now = head()
    if now is None:
        raise NotFound(
            "empty_log", _("The log has no entries yet."), todo=_("Come back after the first act.")
        )
    return now


def _no_entry(index: int) -> NotFound:
    return NotFound(
        "no_such_entry",
        _("There is no entry with this number."),
        todo=_("Numbers run from 0 to the size of the log, less one."),
    )
