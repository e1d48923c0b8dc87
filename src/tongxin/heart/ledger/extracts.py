"""What leaves the ledger as a file: extracts with proofs for a party, and the whole log for anybody.

The format is described in docs/ledger-format.md; `verifier/tongxin_verify.py` reads both without this code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import keys, pages, queries, sights, tree
from tongxin.heart.ledger.form import EXPORT, EXTRACT, Contents, manifest_text, note, signature_line
from tongxin.heart.ledger.models import Checkpoint, Entry
from tongxin.shared import clock
from tongxin.shared.errors import NotFound

MOST_CHECKPOINTS = 100  # an extract shows at most so many, the first and the last among them
VERIFIER = Path(__file__).parent / "verifier" / "tongxin_verify.py"
AT_ONCE = 1000  # entries read in one statement


def extract(
    *,
    subjects: Sequence[str] = (),
    jurisdiction: str = "",
    visible_to: sights.Looker | None,
    allowed: Sequence[str] = (),
    since: int | None = None,
) -> dict[str, Any]:
    """Return the extract of some subjects, or of a jurisdiction's own entries, up to the last checkpoint.

    Payloads are shown where `visible_to` may see them or the subject lies in one of the `allowed` threads
    (the caller has checked those); all others are withheld, their hashes are there. `since` is the size of
    a checkpoint that the reader keeps: the proof from there on is added. Raises NotFound before the first
    checkpoint.
    """
    last = queries.checkpoint()
    rows = list(_chosen(subjects, jurisdiction, last.size))
    lines = queries.lines(rows, visible_to=visible_to, subjects=allowed)
    scope: dict[str, Any] = {"subjects": sorted(subjects), "jurisdiction": jurisdiction}
    contents: Contents = [[line.entry.index, line.state] for line in lines]
    return {
        "format": EXTRACT,
        "manifest": _manifest(last, scope, contents),
        "contents": contents,
        "entries": _entries(lines, last.size),
        "checkpoints": [queries.checkpoint_note(c) for c in _some_checkpoints(last.size, since)],
        "consistency": _consistency(last.size, since),
    }


def export_lines() -> Iterator[bytes]:
    """Yield the whole log as JSON lines without payloads: a head, every entry, every checkpoint after its entries.

    Comes in blocks of whole lines, each of so many entries, so that a log of any length leaves in bounded memory.
    """
    head = queries.head()
    if head is None:
        raise NotFound(
            "empty_log", _("The log has no entries yet."), todo=_("Come back after the first act.")
        )
    return _export(head)


def as_file(found: dict[str, Any]) -> bytes:
    """Return an extract as the bytes of its file."""
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


def verifier_source() -> bytes:
    """Return the single-file verifier as it is handed out."""
    return VERIFIER.read_bytes()


def _export(head: queries.Head) -> Iterator[bytes]:
    yield _json_line({"format": EXPORT, "node": head.node, "hash": head.algorithm, "size": head.size})
    for start in range(0, head.size, AT_ONCE):
        end = min(start + AT_ONCE, head.size)
        signed = {c.size: c for c in Checkpoint.objects.filter(size__gt=start, size__lte=end)}
        rows = Entry.objects.filter(index__gte=start, index__lt=end).order_by("index")
        lines: list[bytes] = []
        for index, body, leaf in rows.values_list("index", "body", "leaf"):
            lines.append(_json_line({"index": index, "leaf": bytes(leaf).hex(), "body": _text(body)}))
            if index + 1 in signed:
                lines.append(_json_line({"checkpoint": queries.checkpoint_note(signed[index + 1])}))
        yield b"".join(lines)


def _chosen(subjects: Sequence[str], jurisdiction: str, size: int) -> list[Entry]:
    """Return entry 0, changes of the node's key, erasures of what is shown, and what was asked for."""
    wanted = Q(index__in=[0])
    for subject in subjects:
        wanted |= queries.below("subject", subject, "/")
    if jurisdiction:
        # its own desks, and those of the places inside it
        wanted |= Q(desk__in=pages.codes_below("desk", jurisdiction, "/", "-"))
    rows = {e.index: e for e in Entry.objects.filter(wanted, index__lt=size).select_related("payload")}
    rows.update({e.index: e for e in queries.key_entries(size).select_related("payload")})
    gone = [e.index for e in rows.values() if not hasattr(e, "payload")]
    rows.update({e.index: e for e in queries.erasures(gone).filter(index__lt=size).select_related("payload")})
    return [rows[index] for index in sorted(rows)]


def _entries(lines: list[queries.Line], size: int) -> list[dict[str, Any]]:
    spans = [tree.inclusion_spans(line.entry.index, size) for line in lines]
    nodes = queries.stored(position for each in spans for position in tree.positions(each))
    return [_entry(line, tree.hashes(each, nodes)) for line, each in zip(lines, spans, strict=True)]


def _entry(line: queries.Line, path: list[bytes]) -> dict[str, Any]:
    shown = line.state == queries.SHOWN
    return {
        "index": line.entry.index,
        "body": _text(line.entry.body),
        "proof": [step.hex() for step in path],
        "state": line.state,
        "salt": bytes(line.entry.payload.salt).hex() if shown else None,
        "payload": _text(line.entry.payload.body) if shown else None,
    }


def _manifest(last: Checkpoint, scope: dict[str, Any], contents: Contents) -> str:
    key = keys.node_key()
    text = manifest_text(
        node=last.node,
        algorithm="sha256",
        scope=scope,
        made=clock.iso(clock.now()),
        size=last.size,
        root=bytes(last.root),
        contents=contents,
    )
    return note(text, [signature_line(f"node:{last.node}", keys.ALGORITHM, key.public, key.sign(text))])


def _some_checkpoints(size: int, since: int | None) -> list[Checkpoint]:
    """Return the first, the last, the one asked for and as many between them as there is room for, by size."""
    sizes = list(Checkpoint.objects.filter(size__lte=size).order_by("size").values_list("size", flat=True))
    step = max(1, -(-len(sizes) // MOST_CHECKPOINTS))
    kept = {*sizes[::step], sizes[-1], *([since] if since in sizes else [])}
    return list(Checkpoint.objects.filter(size__in=sorted(kept)).order_by("size"))


def _consistency(size: int, since: int | None) -> list[dict[str, Any]]:
    """Return a proof from each shown checkpoint to the next, and from `since` to the last."""
    sizes = [c.size for c in _some_checkpoints(size, since)]
    pairs = list(pairwise(sizes))
    if since is not None and 0 < since < size and (since, size) not in pairs:
        pairs.append((since, size))
    spans = {pair: tree.consistency_spans(*pair) for pair in pairs}
    nodes = queries.stored(position for each in spans.values() for position in tree.positions(each))
    return [
        {"old": old, "new": new, "proof": [step.hex() for step in tree.hashes(spans[(old, new)], nodes)]}
        for old, new in pairs
    ]


def _text(body: bytes | memoryview) -> str:
    """Return stored bytes as text; bytes that are no UTF-8 (a damaged row) still leave, and fail verification."""
    return bytes(body).decode("utf-8", errors="replace")


def _json_line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
