"""The page of outcomes: how cases were decided at first and how it stands now, public like scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.heart.agreements import wording
from tongxin.heart.cases import queries as cases
from tongxin.heart.ledger.remembered import remembered
from tongxin.heart.measures import outcomes, pages, scores, screens
from tongxin.heart.measures.outcomes import Outcomes
from tongxin.shared import clock


@dataclass(frozen=True)
class Row:
    """One line of the page: what was counted, with names."""

    title: Any
    desk: Any
    counted: Outcomes


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show first outcomes and outcomes as they stand, by item and deciding office."""
    wanted = scores.which(clock.now(), screens.given(request))
    found = remembered(request, screens.name_of("outcomes", wanted), lambda: outcomes.told(wanted))
    context = {
        **screens.common(request),
        "rows": named(found),
        "total": outcomes.total(found),
        "asked": wanted,
        "month": request.GET.get("month", ""),
        "filtered": any(request.GET.get(name) for name in screens.ASKED),
        "months": pages.last_months(clock.now(), wanted),
        "crumbs": screens.crumbs({"label": _("Outcomes of cases")}),
    }
    return render(request, "measures/outcomes.html", context)


def named(found: list[Outcomes]) -> list[Row]:
    """Return rows with the names of items and offices, in the order of the names."""
    titles, desks = cases.procedure_titles(), wording.desk_names({each.desk for each in found})
    rows = [
        Row(titles.get(each.procedure, each.procedure), desks.get(each.desk, each.desk), each)
        for each in found
    ]
    return sorted(rows, key=lambda row: (str(row.title), str(row.desk), row.counted.illustrative))
