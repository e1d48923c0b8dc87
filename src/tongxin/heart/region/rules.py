"""The rules number: it rises whenever who may see or do what may have changed.

Instruments, bars, mandates, posts, their holders, procedures' grades and consent change it, in the transaction of the
change. A request (or a job) reads it once; whatever was worked out under another number is worked out anew. The mark
beside it is drawn at each rise, so that a number that comes again after a restored backup is not taken for the old one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, QuerySet

from tongxin.heart.region.models import RulesNumber
from tongxin.shared.statements import fixed

ONLY = 1  # the one row


@dataclass(frozen=True)
class Stamp:
    """The rules as they were numbered at a reading."""

    number: int
    mark: str


@dataclass
class Reading:
    """One request or one job: the number as it was read first, and what the page shows, by subject."""

    stamp: Stamp | None = None
    shown: dict[str, dict[str, None]] = field(default_factory=dict)


_reading: ContextVar[Reading | None] = ContextVar("rules_reading", default=None)


@contextmanager
def reading() -> Iterator[Reading]:
    """Read the number once, when it is first asked for, in everything that runs inside."""
    begun = Reading()
    token = _reading.set(begun)
    try:
        yield begun
    finally:
        _reading.reset(token)


def here() -> Reading:
    """Return the reading that runs; outside of any, a fresh one that nobody keeps."""
    return _reading.get() or Reading()


def current() -> Stamp:
    """Return the rules number: once read in a request or a job, the same until its end or until it is raised there."""
    running = here()
    if running.stamp is None:
        running.stamp = read()
    return running.stamp


def read() -> Stamp:
    """Return the rules number from the database; 0 before anything was loaded."""
    rows = _stored()
    return Stamp(*rows[0]) if rows else Stamp(0, "")


@fixed
def _stored() -> QuerySet[RulesNumber, tuple[int, str]]:
    return RulesNumber.objects.filter(pk=ONLY).values_list("number", "mark")


def rise() -> None:
    """Raise the number, inside the transaction of what changed, as its last write before the ledger's.

    Acts set `changes_rules` and `exchange.acts` calls this: so the row is locked in one order everywhere.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the rules number rises only in the transaction of what changed")
    mark = secrets.token_hex(8)
    if not RulesNumber.objects.filter(pk=ONLY).update(number=F("number") + 1, mark=mark):
        RulesNumber.objects.create(pk=ONLY, number=1, mark=mark)
    here().stamp = None
