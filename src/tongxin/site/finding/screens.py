"""Screens of the notifications and the search."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tongxin.heart.agreements.wording import desks_at_once
from tongxin.heart.exchange import actions, queries
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.models import Notification
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, no_store
from tongxin.shared import search as register
from tongxin.site.finding.words import words

PAGE = 50
HITS = 20
LONGEST = 200


@dataclass(frozen=True)
class Ring:
    """A notification with its words."""

    row: Notification
    text: str


@require_safe
@for_staff
def notices(request: StaffRequest) -> HttpResponse:
    """List the notifications for the reader's desk."""
    rows = queries.notifications(request.acting)
    only_new = request.GET.get("show") != "all"
    if only_new:
        rows = rows.filter(read_at__isnull=True)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    named = {str(row.params.get(name)) for row in page for name in ("desk", "to") if row.params.get(name)}
    with desks_at_once(named):
        rings = [Ring(row, words(row)) for row in page]
    context = {
        "page": page,
        "rings": rings,
        "only_new": only_new,
        "keeps_outbox": queries.keeps_outbox(request.acting),
        "key": new_key(),
    }
    return no_store(render(request, "notices/notices.html", context))


@require_POST
@for_staff
def read(request: StaffRequest) -> HttpResponse:
    """Mark notifications as read: one, on the way to what it is about, or all that were shown."""
    ids = [int(i) for i in request.POST.getlist("id") if i.isdecimal() and len(i) < 18]
    actions.mark_read(by=request.acting, key=form_key(request), ids=ids)
    link = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(link, {request.get_host()}):
        link = "notices"
    return redirect(link)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search what the reader may see."""
    sought = cleaned(request.GET.get("q", ""))
    found = register.search(getattr(request, "acting", None), sought, HITS) if sought else []
    groups = [{"label": label, "hits": hits[:HITS], "more": len(hits) > HITS} for label, hits in found]
    return no_store(render(request, "search/search.html", {"sought": sought, "groups": groups}))


def cleaned(text: str) -> str:
    """Return what is sought as it is compared: one blank between words, nothing that no database can read."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]
