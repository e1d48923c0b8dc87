"""Fills an empty database with many rows at once, the same bytes that the acts would have written; no act is done."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

AT_ONCE = 10_000  # rows in one statement and one commit


@dataclass(frozen=True)
class Line:
    """What one entry says: codes, and the words of its payload."""

    act: str
    desk: str
    post: str
    subject: str
    at: datetime
    cause: str = ""
    basis: str = ""
    payload: str = "{}"  # canonical JSON


def ledger(lines: Iterable[Line], begins: datetime, every: int = 2000) -> int:
    """Append the lines to the log, with payloads and tree, and sign a checkpoint after every `every` entries.

    Returns the size of the log. An empty log is opened at `begins`; the lines come in order of time.
    `verify_log` must find nothing afterwards.
    """
    from django.db import transaction

    from tongxin.heart.ledger import actions

    with transaction.atomic():
        actions.open_log(begins)
    coming = iter(lines)
    since = 0
    while part := list(islice(coming, AT_ONCE)):
        with transaction.atomic():
            log = actions._locked_head()
            for start in range(0, len(part), every):
                _write(log, part[start : start + every])
                since += len(part[start : start + every])
                if since >= every:
                    _sign(log)
                    since = 0
    with transaction.atomic():
        log = actions._locked_head()
        if since:
            _sign(log)
    return int(log.size)


def _write(log: Any, lines: list[Line]) -> None:
    from django.db import connection

    from tongxin.heart.ledger import actions, tree
    from tongxin.shared import clock

    chance = random.Random(log.size)
    peaks = actions.split_hashes(bytes(log.peaks))
    entries, payloads, nodes = [], [], []
    for line in lines:
        salt, payload = chance.randbytes(32), line.payload.encode()
        body = (
            f'{{"act":"{line.act}","at":"{clock.iso(line.at)}","basis":"{line.basis}","cause":"{line.cause}",'
            f'"desk":"{line.desk}","index":{log.size},"node":"{log.node}",'
            f'"payload_hash":"{hashlib.sha256(salt + payload).hexdigest()}",'
            f'"post":"{line.post}","proof":null,"subject":"{line.subject}"}}'
        ).encode()
        leaf = tree.leaf_hash(body)
        nodes += [(level, index, value) for (level, index), value in tree.grow(peaks, log.size, leaf)]
        at = actions._stored(line.at)
        words = (line.act, line.desk, line.post, line.subject, line.cause, line.basis)
        entries.append((log.size, body, leaf, at, *words))
        payloads.append((log.size, salt, payload))
        log.size += 1
        log.last_at = line.at
    log.peaks = b"".join(peaks)
    with connection.cursor() as cursor:
        cursor.executemany(actions.INSERT_ENTRY, entries)
        cursor.executemany(actions.INSERT_PAYLOAD, payloads)
        cursor.executemany(actions.INSERT_NODE, nodes)
        cursor.execute(actions.MOVE_HEAD, (log.size, log.peaks, actions._stored(log.last_at), log.pk))


def _sign(log: Any) -> None:
    from tongxin.heart.ledger import actions, keys

    actions._signed_head(log, keys.node_key(), log.last_at)


def plain_lines(count: int, begins: datetime, each: timedelta = timedelta(seconds=30)) -> Iterator[Line]:
    """Yield entries of invented acts, as long as those of the house are."""
    words = json.dumps({"desks": ["tj-wuqing/service_centre"], "words": "示例" * 20}, ensure_ascii=False)
    payload = words.replace(", ", ",").replace(": ", ":")
    for n in range(count):
        yield Line(
            act="bench.done",
            desk="tj-wuqing/service_centre",
            post="tj-wuqing-services/window_clerk",
            subject=f"thing:{n // 4}/part:{n % 4}",
            at=begins + n * each,
            basis="bench@1/clause",
            payload=payload,
        )
