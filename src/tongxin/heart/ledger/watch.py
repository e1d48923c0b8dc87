"""Verifies the live log from time to time, in a child process, and keeps what was found for the pages to show.

It convinces nobody but the operator: who does not trust the server verifies elsewhere. What it gives is that a log that
was cut or changed is named within a day, by the server itself, before somebody outside finds it.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings

from tongxin.heart.ledger import queries
from tongxin.heart.ledger.models import Verification
from tongxin.heart.ledger.verify import Report, verify_log
from tongxin.shared import clock
from tongxin.shared.writing import writing

KEPT = 100  # verifications, and findings of each
log = structlog.get_logger(__name__)


def verify_when_due() -> Verification | None:
    """Verify the log if the last time is longer ago than the settings say; the ticker calls this."""
    if not settings.VERIFY_HOURS:
        return None
    last = queries.last_verification()
    if last is not None and clock.now() - last.at < timedelta(hours=settings.VERIFY_HOURS):
        return None
    report = verify_log(apart=True)
    if not report.holds:
        log.error("the ledger does not verify", findings=[str(f) for f in report.findings[:KEPT] if f.fault])
    return keep(report) if report.size else None


def keep(report: Report) -> Verification:
    """Keep what a verification found; of the older ones, so many as a page may ask for."""
    with writing("ledger.verification"):
        made = Verification.objects.create(
            at=clock.now(),
            size=report.size,
            root=report.root,
            holds=report.holds,
            findings=[[f.kind, f.start, f.end, f.detail] for f in report.findings[:KEPT]],
            bytes_rate=report.rate("bytes"),
            fields_rate=report.rate("fields"),
            seconds=report.seconds["all"],
            processes=report.processes,
        )
        older = Verification.objects.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
        for pk in list(older):
            Verification.objects.filter(pk__lte=pk).delete()
    return made
