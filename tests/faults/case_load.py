"""Clients take cases from filing to decision while the server is killed again and again; then everything is counted.

    python -m tests.faults.case_load FOLDER [--cases N] [--seconds N] [--clients N] [--every SECONDS] [--postgres]

Each client sends every command until it is answered, always with the same key, and every fifth command once more after
the answer: the second answer must be the first. Every `every` seconds a process of the server is killed with SIGKILL,
every fourth time the whole server and the worker, which are then started again. At the end, with all clients content:
nothing that was acknowledged is lost, nothing is doubled, the ledger verifies, numbers have no gap, every case has one
holder. Prints what was done and found as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from bench import _served
from tests.faults import case_rules

DUPLICATES = 0.2
PATIENCE = 900  # seconds that a client tries one command


class Clients:
    """Cases by several clients; what each was told."""

    def __init__(
        self, port: int, tokens: dict[str, str], cases: int, seed: int, seconds: float = math.inf
    ) -> None:
        """`seconds`: after these no further case is begun; those that were are taken to their end."""
        self.port, self.tokens, self.cases, self.seed = port, tokens, cases, seed
        self.until = time.monotonic() + seconds
        self.left = count()
        self.told: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []

    def work(self, number: int) -> None:
        """One client: cases, one after the other, until there are enough."""
        caller, dice = _served.Caller(self.port, self.tokens), random.Random(f"{self.seed}:{number}")
        while (n := next(self.left)) < self.cases and time.monotonic() < self.until:
            one: dict[str, Any] = {"case": "", "offer": "", "steps": []}
            for step in _served.CALLS:
                answer = self._until_answered(
                    caller, _served.steps(one["case"], one["offer"], f"case-{n}")[step]
                )
                one["case"] = one["case"] or answer["case"]
                one["offer"] = answer.get("offer", one["offer"])
                one["steps"].append(step)
                if dice.random() < DUPLICATES:
                    again = self._until_answered(
                        caller, _served.steps(one["case"], one["offer"], f"case-{n}")[step]
                    )
                    self.counts["doubled"] += 1
                    if again != answer:
                        self.faults.append(f"{step} was answered {answer}, and sent again {again}")
            self.told.append(one)

    def _until_answered(self, caller: _served.Caller, command: tuple[str, str, Any, str]) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while True:
            self.counts["sent"] += 1
            try:
                found: dict[str, Any] = caller.post(*command)
                return found
            except OSError as lost:
                self.counts["without answer"] += 1
                if time.monotonic() > until:
                    raise TimeoutError(f"{command[1]}: {lost}") from lost
                time.sleep(0.2)
            except _served.Refusal as refused:
                if refused.status < 500:
                    raise
                self.counts[f"answered {refused.status}"] += 1
                time.sleep(0.2)


def kill_again_and_again(
    served: _served.Served, every: float, over: threading.Event, deaths: Counter[str]
) -> None:
    """Kill a process of the server every so often once it answers, every fourth time all of it.

    A server whose processes die again and again ends by itself; then it is started anew, as a service manager does.
    """
    for n in count(1):
        if over.wait(every):
            return
        if n % 4 == 0:
            served.kill()
            deaths["everything"] += 1
            served.start(wait=False)
        else:
            for pid in served.children()[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    deaths["one process"] += 1
        while not served.answers():
            if over.wait(0.05):
                return
            if served.ended():
                deaths["ended by itself"] += 1
                served.start(wait=False)


def run(folder: Path, database: str, options: argparse.Namespace) -> dict[str, Any]:
    """Play it; return what was done and found."""
    os.environ |= _served.environment(folder, database) | {"TONGXIN_TICKER": "off"}
    import django

    django.setup()
    from django.db import connection

    tokens = _served.prepare()
    connection.close()
    served = _served.Served(folder, database, processes=2 if database else 1)
    clients = Clients(served.port, tokens, options.cases, options.seed, options.seconds)
    over, deaths = threading.Event(), Counter[str]()
    served.start()
    begun = time.monotonic()
    killer = threading.Thread(target=kill_again_and_again, args=(served, options.every, over, deaths))
    try:
        killer.start()
        with ThreadPoolExecutor(options.clients) as pool:
            for done in [pool.submit(clients.work, n) for n in range(options.clients)]:
                done.result()
        took = time.monotonic() - begun
    finally:
        over.set()
        killer.join()
        served.kill()
    faults = clients.faults + case_rules.faults(clients.told, complete=True)
    return {
        "database": connection.vendor,
        "clients": options.clients,
        "acknowledged cases": len(clients.told),
        "commands": dict(clients.counts),
        "killed": dict(deaths),
        "seconds": round(took, 1),
        "faults": faults[:20],
    }


def main(words: list[str]) -> int:
    """Play it in a folder; 1 where anything was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no case after these")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args(words)
    server = None
    if options.postgres:
        from tests.support import postgres

        server = postgres.Postgres()
        server.start()
    try:
        found = run(options.folder, server.url if server else "", options)
    finally:
        if server is not None:
            server.stop()
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
