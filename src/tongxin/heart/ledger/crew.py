"""Runs the fast passes over many stretches: here, or in child processes that read the same database and cannot write.

A child is `python -m tongxin.heart.ledger.crew`: it gets the address of the database and its tasks as lines of JSON on
standard input, answers each with a line, and ends with its input. It needs no Django. Where children cannot be had
(one processor, a transaction in progress, an operating system that refuses) the passes run in this process.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from tongxin.heart.ledger.passes import Bytes, Fetch, Fields, bytes_and_tree, fields_and_payloads

Span = tuple[int, int]
SOURCE = Path(__file__).parents[3]  # where `tongxin` is imported from
OF_DJANGO = {"assume_role", "isolation_level", "pool", "server_side_binding"}  # options that no driver knows


class Crew:
    """What the passes run on; `processes` of them, 1 being this one."""

    def __init__(self, vendor: str, node: str, fetch: Fetch) -> None:
        self.vendor, self.node, self._fetch = vendor, node, fetch
        self._children: list[subprocess.Popen[str]] = []

    @property
    def processes(self) -> int:
        """Return how many processes work at once."""
        return max(1, len(self._children))

    def bytes_and_tree(self, spans: list[Span]) -> list[Bytes]:
        """Run the first pass over the spans."""
        answers = self._ask("bytes", spans)
        if answers is None:
            return [bytes_and_tree(self._fetch, *span) for span in spans]
        return [_bytes_from(answer) for answer in answers]

    def fields_and_payloads(self, spans: list[Span]) -> list[Fields]:
        """Run the second pass over the spans."""
        answers = self._ask("fields", spans)
        if answers is None:
            return [fields_and_payloads(self._fetch, self.vendor, self.node, *span) for span in spans]
        return [_fields_from(answer) for answer in answers]

    def hire(self, processes: int, order: dict[str, Any]) -> None:
        """Start so many children; none, where one of them cannot start or cannot read the database."""
        paths = [str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        try:
            for _one in range(processes):
                child = subprocess.Popen(
                    [sys.executable, "-m", "tongxin.heart.ledger.crew"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                )
                self._children.append(child)
                _say(child.stdin, order)
            for child in self._children:
                _hear(child.stdout)
        except (OSError, ValueError):
            self.dismiss()

    def dismiss(self) -> None:
        """End the children; they have nothing to finish."""
        for child in self._children:
            child.kill()
            child.communicate()
        self._children = []

    def _ask(self, what: str, spans: list[Span]) -> list[Any] | None:
        """Deal the spans to whichever child is free; answers in the order of the spans, None without children."""
        if not self._children:
            return None
        free: queue.SimpleQueue[subprocess.Popen[str]] = queue.SimpleQueue()
        for child in self._children:
            free.put(child)

        def asked(span: Span) -> Any:
            child = free.get()
            try:
                _say(child.stdin, [what, *span])
                return _hear(child.stdout)
            finally:
                free.put(child)

        try:
            with ThreadPoolExecutor(len(self._children)) as threads:
                return list(threads.map(asked, spans))
        except (OSError, ValueError):  # one of them died; what it could not do is done here
            self.dismiss()
            return None


@contextmanager
def crew(node: str, processes: int, apart: bool = False) -> Iterator[Crew]:
    """Give what the passes run on: so many children, where there is to be more than one, or it is to run `apart`."""
    from django.db import connection

    def fetch(sql: str, params: tuple[int, ...]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    workers = Crew(connection.vendor, node, fetch)
    own = connection.in_atomic_block  # what is not committed, only this connection sees
    try:
        if (processes > 1 or apart) and not own:
            workers.hire(processes, {"vendor": connection.vendor, "node": node, "address": _address()})
        yield workers
    finally:
        workers.dismiss()


def _address() -> dict[str, Any]:
    """Return where the database is, in the words of its driver."""
    from django.db import connection

    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"path": str(known["NAME"])}
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    options = {name: value for name, value in known["OPTIONS"].items() if name not in OF_DJANGO}
    return {**options, **{name: known[key] for name, key in names.items() if known[key]}}


def _say(to: IO[str] | None, what: Any) -> None:
    if to is None:
        raise ValueError("a child without a pipe")
    to.write(json.dumps(what) + "\n")
    to.flush()


def _hear(from_: IO[str] | None) -> Any:
    """Return the next answer; a child that died gives none, and that is a ValueError."""
    line = from_.readline() if from_ is not None else ""
    return json.loads(line)


def _bytes_from(answer: dict[str, Any]) -> Bytes:
    return Bytes(
        answer["whole"],
        [bytes.fromhex(peak) for peak in answer["peaks"]],
        {int(size): bytes.fromhex(root) for size, root in answer["roots"].items()},
    )


def _fields_from(answer: dict[str, Any]) -> Fields:
    times = {int(size): at for size, at in answer["times"].items()}
    keys = [(index, key) for index, key in answer["keys"]]
    return Fields(**{**answer, "times": times, "keys": keys})


# ---------------------------------------------------------------- the child


def _reader(vendor: str, address: dict[str, Any]) -> Fetch:
    """Open the database for reading only."""
    if vendor == "sqlite":
        lite = sqlite3.connect(f"{Path(address['path']).as_uri()}?mode=ro", uri=True, timeout=30)
        return lambda sql, params: lite.execute(sql.replace("%s", "?"), params).fetchall()
    import psycopg

    post = psycopg.connect(**address, autocommit=True)
    post.execute("SET default_transaction_read_only = on")
    return lambda sql, params: post.execute(sql.encode(), params).fetchall()


def main() -> None:
    """Answer the tasks on standard input until it ends."""
    order = json.loads(sys.stdin.readline())
    fetch = _reader(order["vendor"], order["address"])
    fetch("SELECT size FROM ledger_log WHERE id = %s", (1,))
    _say(sys.stdout, "ready")
    for line in sys.stdin:
        what, start, end = json.loads(line)
        found: Bytes | Fields
        if what == "bytes":
            found = bytes_and_tree(fetch, start, end)
        else:
            found = fields_and_payloads(fetch, order["vendor"], order["node"], start, end)
        answer = asdict(found)
        if isinstance(found, Bytes):
            answer["peaks"] = [peak.hex() for peak in found.peaks]
            answer["roots"] = {size: root.hex() for size, root in found.roots.items()}
        _say(sys.stdout, answer)


if __name__ == "__main__":
    main()
