"""The ticker's work: months are frozen some days after their end, and restated when their duties change later."""

from __future__ import annotations

from datetime import datetime

import structlog

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.measures import actions
from tongxin.heart.measures.models import FrozenMonth
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)


def freeze_month(now: datetime | None = None) -> int:
    """Freeze every month whose day has come, and restate those whose duties changed; return how many were touched.

    Safe to run twice, late, or beside others: a month is frozen as of its own instant, whenever that happens.
    """
    now = now or clock.now()
    ledger.checkpoint()  # what the numbers come from is signed
    due = list(actions.months_to_freeze(now))
    if due:
        agreements.answer_silence(now)  # what silence has accepted is accepted, whether or not somebody rang
    done = 0
    for month in due:
        try:
            done += actions.freeze(month)
        except OF_ONE:
            log.exception("a month could not be frozen", month=month.name)  # the others go on
    for frozen in FrozenMonth.objects.order_by("month"):
        try:
            done += actions.restate(frozen) > 0
        except OF_ONE:
            log.exception("a month could not be restated", month=frozen.month)  # the others go on
    ledger.checkpoint()  # and so are they
    return done
