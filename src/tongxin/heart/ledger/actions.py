"""The only writes of the ledger: append entries as the last statements of an act's transaction, and checkpoints."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import keys, tree
from tongxin.heart.ledger.form import FORMAT, HASH, checkpoint_text, entry_body, payload_hash
from tongxin.heart.ledger.models import Checkpoint, Log, Payload
from tongxin.shared import canonical, clock, statement_rows, statements
from tongxin.shared.errors import Conflict, NotFound
from tongxin.shared.writing import writing

HEAD = 1  # the one row of Log
# Every act of the house passes here while it holds the log's lock, so these are plain statements and not the object
# mapper's, which takes far longer to write the same rows. What they say is held against the models by every test here.
INSERT_ENTRY = """INSERT INTO ledger_entry ("index", body, leaf, at, act, desk, post, subject, cause, basis)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
INSERT_PAYLOAD = "INSERT INTO ledger_payload (entry_id, salt, body) VALUES (%s, %s, %s)"
INSERT_NODE = 'INSERT INTO ledger_treenode (level, "index", hash) VALUES (%s, %s, %s)'
MOVE_HEAD = "UPDATE ledger_log SET size = %s, peaks = %s, last_at = %s WHERE id = %s"
# The same at once, where the database takes it so: while the head is locked, each answer waited for is others' time.
ONE_ENTRY = f"""WITH entry AS ({INSERT_ENTRY}), payload AS ({INSERT_PAYLOAD}), node AS (
    INSERT INTO ledger_treenode (level, "index", hash)
    SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])) {MOVE_HEAD}"""  # noqa: S608 - the words above
OPENED, KEY_CHANGED, ERASED = "ledger.opened", "ledger.key.changed", "ledger.payload.erased"
WORDS = {"act": 80, "desk": 80, "post": 120, "subject": 160, "cause": 160, "basis": 160}  # and their longest


@dataclass(frozen=True)
class Draft:
    """An entry before it has an index: what was done, by which post at which desk, to what, why, on what basis."""

    act: str
    desk: str
    post: str
    subject: str
    at: datetime
    cause: str = ""
    basis: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    proof: dict[str, Any] | None = None  # the actor's own signature, for weighty acts


def append(drafts: list[Draft]) -> list[int]:
    """Append the drafts, in order, to the log of this node; return their indices.

    Must be called inside a transaction, last. Locks the head row, so indices are gap-free; the first call
    opens the log. An entry is never earlier than the one before it: its `at` is moved up where clocks differ.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("entries are appended inside the transaction of the act they tell about")
    if not drafts:
        return []
    log = _locked_head()
    if log.size == 0:
        drafts = [_genesis(log, drafts[0].at), *drafts]
        _write(log, drafts)
        return list(range(1, len(drafts)))
    first = log.size
    _write(log, drafts)
    return list(range(first, log.size))


def not_before_last(at: datetime) -> datetime:
    """Return `at`, or the instant of the last entry where that is later: what is recorded never runs backwards."""
    last = _last_at()
    return at if not last or last[0] is None else max(at, last[0])


def open_log(at: datetime | None = None) -> None:
    """Write entry 0 if the log has none yet; inside a transaction, like `append`."""
    if not connection.in_atomic_block:
        raise RuntimeError("the log is opened inside a transaction")
    log = _locked_head()
    if log.size == 0:
        _write(log, [_genesis(log, at or clock.now())])


def checkpoint() -> Checkpoint | None:
    """Sign the head of the log if it grew since the last checkpoint; the ticker calls this every minute.

    A node key that the log does not name yet is first named by an entry of its own. Raises Conflict when
    the log is shorter than its last checkpoint: then nothing is signed until somebody has looked.
    """
    with writing("ledger.checkpoint"):
        if not Log.objects.filter(pk=HEAD, size__gt=0).exists():
            return None
        log = _locked_head()
        last = Checkpoint.objects.order_by("-size").first()
        if last is not None and last.size == log.size:
            return None
        if last is not None and last.size > log.size:
            raise Conflict(
                "log_is_cut",
                _("The log is shorter than its last checkpoint; entries are missing."),
                todo=_("Run `tongxin ledger verify` and restore the missing entries before anything else."),
            )
        at = max(clock.now(), log.last_at or clock.now(), last.at if last else clock.now())
        key = keys.node_key()
        if log.key_id != key.key_id:
            log.key_id = key.key_id
            _write(log, [_key_changed(key, at)])
            log.save(update_fields=["key_id"])
        return _signed_head(log, key, at)


def erase(index: int, *, desk: str, post: str, at: datetime, basis: str) -> Draft:
    """Delete payload and salt of entry `index`; return the entry that says so, for the caller to append.

    The erased entry itself stays, with the hash of a payload that nobody can guess any more.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a payload is erased inside the transaction of the act that erases it")
    deleted, _rows = Payload.objects.filter(entry_id=index).delete()
    if not deleted:
        raise NotFound("no_payload", _("This entry has no payload, or it was erased before."))
    return Draft(act=ERASED, desk=desk, post=post, subject=f"entry:{index}", at=at, basis=basis)


def _key_changed(key: keys.NodeKey, at: datetime) -> Draft:
    return Draft(act=KEY_CHANGED, desk="system", post="system", subject=f"key:{key.key_id}", at=at)


def _signed_head(log: Log, key: keys.NodeKey, at: datetime) -> Checkpoint:
    root = tree.fold(split_hashes(bytes(log.peaks)))
    text = checkpoint_text(node=log.node, algorithm=log.algorithm, size=log.size, root=root, at=clock.iso(at))
    return Checkpoint.objects.create(
        size=log.size,
        root=root,
        at=at,
        node=log.node,
        algorithm=keys.ALGORITHM,
        key_id=key.key_id,
        public_key=key.public,
        signature=key.sign(text),
    )


def _locked_head() -> Log:
    """Return the head of the log, locked till the end of the transaction (on SQLite, BEGIN IMMEDIATE did that)."""
    for head in _lock_head():
        return head
    new = Log(pk=HEAD, node=settings.NODE, algorithm=HASH, key_id=keys.node_key().key_id)
    Log.objects.bulk_create([new], ignore_conflicts=True)  # two first writers: one row, both go on
    return _lock_head()[0]


@statements.fixed
def _lock_head() -> QuerySet[Log]:
    return Log.objects.select_for_update().filter(pk=HEAD)


@statements.fixed
def _last_at() -> QuerySet[Log, datetime | None]:
    return Log.objects.filter(pk=HEAD).values_list("last_at", flat=True)


def _genesis(log: Log, at: datetime) -> Draft:
    return Draft(act=OPENED, desk="system", post="system", subject=f"ledger:{log.node}", at=at)


def _write(log: Log, drafts: list[Draft]) -> None:
    """Insert entries, payloads and the tree nodes they complete, and move the head."""
    peaks = split_hashes(bytes(log.peaks))
    entries: list[tuple[Any, ...]] = []
    payloads: list[tuple[Any, ...]] = []
    nodes: list[tuple[Any, ...]] = []
    for draft in drafts:
        at = draft.at if log.last_at is None else max(draft.at, log.last_at)
        salt, payload = secrets.token_bytes(32), canonical.dumps(draft.payload)
        body = _body(log, draft, at, payload_hash(salt, payload))
        leaf = tree.leaf_hash(body)
        nodes += [(level, index, value) for (level, index), value in tree.grow(peaks, log.size, leaf)]
        words = (draft.act, draft.desk, draft.post, draft.subject, draft.cause, draft.basis)
        entries.append((log.size, body, leaf, _stored(at), *words))
        payloads.append((log.size, salt, payload))
        log.size += 1
        log.last_at = at
    log.peaks = b"".join(peaks)
    moved = (log.size, log.peaks, _stored(log.last_at), log.pk)
    if len(drafts) == 1 and connection.vendor == "postgresql":
        columns = [[node[n] for node in nodes] for n in range(3)]
        statement_rows.run(connection, ONE_ENTRY, (*entries[0], *payloads[0], *columns, *moved))
        return
    _insert(INSERT_ENTRY, entries)
    _insert(INSERT_PAYLOAD, payloads)
    _insert(INSERT_NODE, nodes)
    statement_rows.run(connection, MOVE_HEAD, moved)


def _insert(words: str, rows: list[tuple[Any, ...]]) -> None:
    if len(rows) == 1:
        statement_rows.run(connection, words, rows[0])
    elif rows:
        with connection.cursor() as cursor:
            cursor.executemany(words, rows)


def _body(log: Log, draft: Draft, at: datetime, hashed: bytes) -> bytes:
    _check_words(draft)
    return entry_body(
        index=log.size,
        at=clock.iso(at),
        node=log.node,
        desk=draft.desk,
        post=draft.post,
        act=draft.act,
        subject=draft.subject,
        cause=draft.cause,
        basis=draft.basis,
        payload_hash=hashed.hex(),
        proof=draft.proof,
        opening={"alg": log.algorithm, "format": FORMAT, "key": log.key_id} if log.size == 0 else {},
    )


def _stored(at: datetime | None) -> Any:
    """Return the instant as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def _check_words(draft: Draft) -> None:
    """Refuse what must not stand in an entry: free text (any white space) and what its column cannot hold."""
    for name, limit in WORDS.items():
        text = getattr(draft, name)
        if len(text) > limit or any(c.isspace() or not c.isprintable() for c in text):
            raise ValueError(
                f"{name} of an entry is a code of at most {limit} characters, not {text[:200]!r}"
            )


def split_hashes(joined: bytes) -> list[bytes]:
    """Return the 32-byte hashes of which `joined` consists."""
    return [joined[i : i + 32] for i in range(0, len(joined), 32)]
