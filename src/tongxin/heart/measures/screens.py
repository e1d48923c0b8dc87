"""Screens of scores: public like the register; the duties behind a number only for those who have a part in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.heart.exchange import exports
from tongxin.heart.ledger.remembered import remembered
from tongxin.heart.measures import frozen, pages, scores, sheet
from tongxin.heart.measures.scores import GROUPS, Which
from tongxin.heart.measures.sheet import Row
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

PAGE = 30
EXPORT_MAX = 20_000
ASKED = ("month", "since", "until", "field", "instrument", "clause", "party", "desk", "purpose")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show how clauses are kept, by clause, office, jurisdiction, instrument or field."""
    now = clock.now()
    by = _by(request)
    months = frozen.months()
    wanted = replace(scores.which(now, given(request)), frozen=tuple(row.month for row in months))
    parts = remembered(request, name_of("scores", wanted), lambda: pages.parts(now, wanted))
    known = pages.instruments(parts, wanted)
    rows = sheet.ordered(pages.rows(parts, by, known), by, request.GET.get("sort", "")[:20])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    context = {
        **common(request),
        "by": by,
        "grouped": by[0],
        "groups": [(name, sheet.PARTS[name]) for name in GROUPS],
        "page": page,
        "rows": _with_extras(request, now, wanted, by, shown) if by[0] == "clause" else shown,
        "extras": by[0] == "clause",
        "total": scores.total(parts),
        "asked": wanted,
        "month": request.GET.get("month", ""),
        "filters": pages.filters(now, parts, wanted, known),
        "filtered": any(request.GET.get(name) for name in ASKED),
        "own": _own(request),
        "months": months[:12],
        "crumbs": crumbs(),
    }
    return render(request, "measures/scores.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand the scores out as a file, as they are filtered, with their marks; they are public."""
    now = clock.now()
    by = (*_by(request), *(("month",) if request.GET.get("by_month") else ()))
    wanted = scores.which(now, given(request))
    if "month" in by and not wanted.until:
        wanted = replace(wanted, until=max(wanted.this_month(now), wanted.since))
    extras = by[0] == "clause" and bool(wanted.instrument or wanted.clause)
    rows = sheet.rows(scores.scores(now, wanted, by, extras=extras)[:EXPORT_MAX])
    return exports.csv_response("scores", sheet.head(by), [sheet.as_row(row, by) for row in rows])


@require_safe
def instrument(request: HttpRequest, instrument: str) -> HttpResponse:
    """Show an instrument's clauses by office and month."""
    now = clock.now()
    row = pages.instrument_of(instrument)
    wanted = scores.which(now, given(request) | {"instrument": row.id})
    wanted = replace(wanted, frozen=tuple(frozen.names()))
    context = {
        **common(request),
        "instrument": row,
        "asked": wanted,
        **pages.instrument(now, wanted),
        "crumbs": crumbs({"label": sheet.title(row)}),
    }
    return render(request, "measures/instrument.html", context)


@require_safe
def duties(request: HttpRequest, instrument: str) -> HttpResponse:
    """Show the duties behind a number: those the reader has a part in; of the others, how many there are."""
    now = clock.now()
    row = pages.instrument_of(instrument)
    reader: Acting | None = getattr(request, "acting", None)
    wanted = scores.which(now, given(request) | {"instrument": row.id})
    number = request.GET.get("number", "n")
    number = number if number in scores.NUMBERS else "n"
    seen, everything = pages.behind(now, wanted, number, reader)
    page = Paginator(seen, PAGE).get_page(request.GET.get("page"))
    context = {
        **common(request),
        "instrument": row,
        "asked": wanted,
        "number": number,
        "numbers": [(name, sheet.NUMBERS[name]) for name in scores.NUMBERS],
        "named": pages.named(wanted),
        "page": page,
        "rows": pages.duty_rows(page, now),
        "everything": everything,
        "hidden": everything - page.paginator.count,
        "reader": reader,
        "now": now,
        "crumbs": crumbs(
            {"label": sheet.title(row), "url": reverse("scores_instrument", args=[row.id])},
            {"label": _("Duties")},
        ),
    }
    return render(request, "measures/duties.html", context)


@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """Show a frozen month: when and under which entry, as frozen and as restated, and what changed."""
    found = frozen.month(month[:7])
    reader: Acting | None = getattr(request, "acting", None)
    context = {
        **common(request),
        "month": found,
        **pages.frozen_month(found, reader, request.GET.get("page", "")),
        "crumbs": crumbs({"label": found.row.month}),
    }
    return render(request, "measures/month.html", context)


def _with_extras(
    request: HttpRequest, now: datetime, wanted: Which, by: tuple[str, ...], shown: Sequence[Row]
) -> list[Row]:
    keys = sorted({row.score.parts["clause"] for row in shown})
    found = remembered(
        request, name_of("extras", wanted, by, keys), lambda: pages.extras(now, wanted, by, keys)
    )
    return pages.with_extras(shown, found)


def name_of(what: str, *asked: object) -> str:
    """Return a short name of something asked for, the same whenever the same is asked."""
    return f"{what}:{hashlib.sha256(repr(asked).encode()).hexdigest()[:32]}"


def given(request: HttpRequest) -> dict[str, str]:
    """Return what the address asks for."""
    return {name: request.GET.get(name, "").strip()[:160] for name in ASKED}


def _by(request: HttpRequest) -> tuple[str, ...]:
    asked = request.GET.get("by", "")
    return ("clause", "purpose") if asked not in GROUPS or asked == "clause" else (asked,)


def _own(request: HttpRequest) -> str:
    """Return the jurisdiction that a coordination office looks after, for the filter that is one click away."""
    reader: Acting | None = getattr(request, "acting", None)
    return reader.desk.partition("/")[0] if reader is not None and reader.coordinates else ""


def common(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of scores needs."""
    return {"base": "shell/base.html" if request.user.is_authenticated else "shell/public.html"}


def crumbs(*links: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the way to a page of scores."""
    today = {"label": _("Today"), "url": "/"}
    here = {"label": _("Scores"), "url": reverse("scores") if links else ""}
    return [today, here, *links]
