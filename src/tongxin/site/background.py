"""The ticker: rings what is due, signs checkpoints, sends what leaves. It only rings; lateness is computed alone.

On SQLite threads of the one server process, so that writers queue at one lock; on PostgreSQL `tongxin worker`.
Jobs that wait for other people's machines, or take long, run in a thread of their own, so that they delay no ring.
A round that fails is logged and the next one tries again: nothing is lost by it, because nothing depends on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import structlog
from django.conf import settings
from django.db import close_old_connections

from tongxin.heart.region import rules
from tongxin.shared import readers

log = structlog.get_logger(__name__)

# Where each job is: what it does, how many ticks lie between two runs.
JOBS = (
    ("tongxin.heart.agreements.lifecycle:settle_versions", 1),
    ("tongxin.heart.cases.switching:settle_versions", 1),
    ("tongxin.heart.cases.sight_ended:look", 1),
    ("tongxin.heart.agreements.opening:open_periods", 4),
    ("tongxin.heart.agreements.jobs:ring_due", 1),
    ("tongxin.heart.ledger.actions:checkpoint", 4),
    ("tongxin.heart.measures.jobs:freeze_month", 40),
    ("tongxin.site.clock_watch:look", 1),
    ("tongxin.heart.agreements.recounting:recount_provisional", 40),
    ("tongxin.heart.cases.promises:recount_provisional", 40),
    ("tongxin.heart.cases.papers_store:sweep", 960),
    ("tongxin.heart.cases.drafts:sweep", 960),
    ("tongxin.heart.cases.uploads:sweep", 240),
    ("tongxin.heart.cases.erasing:erase_due", 40),
    ("tongxin.heart.cases.finding:catch_up", 4),
    ("tongxin.heart.exchange.jobs:send_due", 1),
    ("tongxin.heart.exchange.lines_jobs:look", 1),
    ("tongxin.heart.cases.lines_papers:look", 1),
    ("tongxin.heart.cases.crossing_jobs:look", 1),
    ("tongxin.heart.ledger.watch:verify_when_due", 40),
)
# These wait for the network, or for a child process: each has a thread of its own.
APART = frozenset(
    {
        "tongxin.heart.exchange.jobs:send_due",
        "tongxin.heart.exchange.lines_jobs:look",
        "tongxin.heart.cases.lines_papers:look",
        "tongxin.heart.ledger.watch:verify_when_due",
    }
)
QUICK = {"tongxin.heart.exchange.lines_jobs:look": 1.0}  # seconds between two looks, where a tick is too long
LAST_WORDS = 30  # seconds that a job apart has to end

_started = threading.Lock()


def start() -> None:
    """Start the ticker's thread, once in a process, where the settings want it there."""
    if settings.TICKER == "thread" and _started.acquire(blocking=False):
        threading.Thread(target=run, name="ticker", daemon=True).start()


def run(stop: threading.Event | None = None) -> None:
    """Tick until told to stop."""
    stop = stop or threading.Event()
    known = jobs()
    beside = [
        threading.Thread(target=_tick, args=(stop, [job]), name=job[0], daemon=True)
        for job in known
        if job[0] in APART
    ]
    for thread in beside:
        thread.start()
    _tick(stop, [job for job in known if job[0] not in APART])
    for thread in beside:
        thread.join(LAST_WORDS)


def _tick(stop: threading.Event, known: list[tuple[str, Callable[[], object], int]]) -> None:
    tick = 0
    pauses = [QUICK.get(name, settings.TICKER_SECONDS) for name, _job, _every in known]
    while not stop.wait(min([*pauses, settings.TICKER_SECONDS]) if tick else 1):
        once(known, tick)
        tick += 1


def once(known: list[tuple[str, Callable[[], object], int]], tick: int) -> None:
    """Run the jobs whose turn it is."""
    for name, job, every in known:
        if tick % every:
            continue
        close_old_connections()
        try:
            with rules.reading(), readers.named(f"job:{name}"):
                job()
        except Exception:
            log.exception("a job of the ticker failed", job=name)
        finally:
            close_old_connections()


def jobs() -> list[tuple[str, Callable[[], object], int]]:
    """Return the jobs of this installation: name, function, every how many ticks."""
    found = []
    for place, every in JOBS:
        module, _colon, name = place.partition(":")
        if find_spec(module) is not None:
            found.append((place, getattr(import_module(module), name), every))
    return found
