"""What many pages show again: computed once for a state of the ledger and a minute, then remembered.

Everything that counts duties, cases or agreements changes by acts, and every act is an entry; so what was computed for
these peaks of the log is true as long as they stand. Time alone makes things late: that shows within the minute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from tongxin.heart.ledger.models import Log
from tongxin.shared import clock

SECONDS = 120
MINUTE = 60
T = TypeVar("T")


def log_of(request: HttpRequest) -> Log | None:
    """Return the head of the log, read once a request."""
    if not hasattr(request, "_log_head"):
        request._log_head = Log.objects.first()  # type: ignore[attr-defined]
    found: Log | None = request._log_head  # type: ignore[attr-defined]
    return found


def remembered(request: HttpRequest, name: str, compute: Callable[[], T]) -> T:
    """Return what `compute` gives in this state of the ledger; `name` says what it is and for whom."""
    log = log_of(request)
    if log is None or not log.size:
        return compute()
    minute = f"{clock.beijing(clock.now()):%Y%m%d%H%M}"
    key = f"{name}:{log.node}:{log.size}:{bytes(log.peaks).hex()[-48:]}:{minute}:{settings.DEMO}"
    key = key.replace(" ", "_")
    found: tuple[T] | None = cache.get(key)
    if found is None:
        found = (compute(),)
        cache.set(key, found, SECONDS)
    return found[0]


def by_the_minute(name: str, compute: Callable[[], T]) -> T:
    """Return what `compute` gave at most a minute ago: for sums over all duties that stand beside every page.

    They may lag behind an act by that long; the page about the thing itself asks `remembered`.
    """
    key = f"{name}:{clock.beijing(clock.now()):%Y%m%d%H%M}:{settings.DEMO}"
    found: tuple[T] | None = cache.get(key)
    if found is None:
        found = (compute(),)
        cache.set(key, found, MINUTE)
    return found[0]
