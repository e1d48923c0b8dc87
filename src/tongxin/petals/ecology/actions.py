"""Writes of ecology: report a water incident."""

from __future__ import annotations

from typing import Any

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.events.actions import Report
from tongxin.heart.region.acting import Acting


def report_incident(report: Report, *, by: Acting, key: str) -> dict[str, Any]:
    """Report a water incident; the clauses in force make the duties. Returns matter, event and duties."""
    return agreements.report(report, by=by, key=key, name="ecology.incident.reported")
