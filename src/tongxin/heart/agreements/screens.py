"""Screens of agreements: the public register, and an agreement's page with law, reading and consequence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.heart.agreements import instrument_pages, keeping, queries, waiting, wording
from tongxin.heart.agreements import register as the_register
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.ledger.remembered import remembered
from tongxin.shared import clock

FILTERS = ("field", "party", "kind")


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show the register; anyone may read it."""
    now = clock.now()
    chosen = {name: request.GET.get(name, "")[:80] for name in FILTERS}
    reader = getattr(request, "acting", None)
    instruments = list(queries.register())
    kept = remembered(request, "kept-by-instrument", lambda: keeping.kept_by_instrument(now))
    context = {
        "base": _base(request),
        "rows": the_register.rows(now, **chosen, instruments=instruments, kept=kept),
        "filters": [
            {"name": name, "label": label, "options": options, "chosen": chosen[name]}
            for (name, options), label in zip(
                the_register.choices(instruments).items(), (_("Field"), _("Kind"), _("Party")), strict=True
            )
        ],
        "filtered": any(chosen.values()),
        "waiting": waiting.waiting_for(reader) if reader else [],
        "may_write": reader is not None and waiting.WRITES in reader.capabilities and reader.coordinates,
        "kinds": wording.INSTRUMENT_KINDS,
        "crumbs": _crumbs(),
    }
    return render(request, "agreements/register.html", context)


@require_safe
def agreement(request: HttpRequest, version: str) -> HttpResponse:
    """Show one version of an agreement; anyone may read it, duties only who has a part in them."""
    now = clock.now()
    reader = getattr(request, "acting", None)
    row = queries.version(version[:100], reader)
    standing = instrument_pages.standing(row, reader, now)
    counts = the_register.counts_of(row, now)
    pages = the_register.clause_pages(row, reader, counts)
    context: dict[str, Any] = {
        "base": _base(request),
        "version": row,
        "instrument": row.instrument,
        "parties": standing.parties,
        "pages": pages,
        "total": the_register.total(pages) if counts is not None else None,
        "kept": keeping.kept_in_all(counts) if counts is not None else None,
        "kinds": wording.KINDS,
        "standing": standing,
        "kind": wording.INSTRUMENT_KINDS[row.instrument.kind],
        "versions": queries.versions_of(row.instrument_id, reader),
        "key": new_key(),
        "entry": the_register.ledger_index(row),
        "now": now,
        "reader": reader,
        "crumbs": _crumbs(row),
    }
    return render(request, "agreements/agreement.html", context)


@require_safe
def file(request: HttpRequest, version: str) -> HttpResponse:
    """Give the text of the version's file, byte for byte as it was read."""
    row = queries.version(version[:100], getattr(request, "acting", None))
    response = HttpResponse(row.source_text, content_type="application/yaml; charset=utf-8")
    name = row.id.replace("@", "-v")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


def _base(request: HttpRequest) -> str:
    return "shell/base.html" if request.user.is_authenticated else "shell/public.html"


def _crumbs(row: Any = None) -> list[dict[str, Any]]:
    today = {"label": _("Today"), "url": "/"}
    if row is None:
        return [today, {"label": _("Agreements"), "url": ""}]
    return [today, {"label": _("Agreements"), "url": "/agreements/"}, {"label": row.id, "url": ""}]
