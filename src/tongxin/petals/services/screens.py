"""The public screen of services: what can be handed in where, and who decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tongxin.petals.services import queries


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Show the items that a clause in force lets one hand in at several places; no login is needed."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    place = request.GET.get("place", "").replace("\x00", "")[:60]
    every = queries.items()
    context = {
        "items": queries.narrowed(every, q=q, place=place),
        "q": q,
        "place": place,
        "places": queries.places(every),
        "asked": bool(q or place),
    }
    return render(request, "services/items.html", context)
