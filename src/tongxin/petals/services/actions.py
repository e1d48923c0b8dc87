"""Writes of services: a result that was issued elsewhere is presented at a window."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.events.actions import Report
from tongxin.heart.region.acting import Acting
from tongxin.petals.services.results import RESULT_PRESENTED, known_issuer
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

NEEDS = "perform"  # the capability that presenting a result takes


def present_result(
    *,
    by: Acting,
    key: str,
    kind: str,
    what: str,
    issued_by: str,
    reference: str,
    known_at: datetime | None = None,
    late_reason: str = "",
    drill: bool = False,
) -> dict[str, Any]:
    """Record that a result issued elsewhere was presented here; clauses of recognition make the duty to accept it.

    Returns matter, event and duties. Needs the capability `perform`.
    """
    if not known_issuer(issued_by):
        raise Invalid(
            _("The result was not recorded."),
            {"issued_by": [_("There is no such jurisdiction.")]},
            code="no_such_jurisdiction",
        )
    data = {"kind": kind, "what": what, "issued_by": issued_by, "reference": reference}
    known = known_at or clock.now()
    report = Report(RESULT_PRESENTED, by.jurisdiction, known, data, late_reason=late_reason, drill=drill)
    return agreements.report(report, by=by, key=key, name="services.result.presented", needs=NEEDS)
