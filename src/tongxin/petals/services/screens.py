"""The screens of services: what can be handed in where; and, for staff, results issued elsewhere that are presented."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.petals.services import actions, queries
from tongxin.petals.services.forms import ResultForm
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

SHOWN = 50  # presented results in the list; the register of duties has them all


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Show the items that a clause in force lets one hand in at several places; no login is needed."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    place = request.GET.get("place", "").replace("\x00", "")[:60]
    every = queries.items()
    reader = getattr(request, "acting", None)
    context = {
        "items": queries.narrowed(every, q=q, place=place),
        "q": q,
        "place": place,
        "places": queries.places(every),
        "asked": bool(q or place),
        "may_present": reader is not None and actions.NEEDS in reader.capabilities,
    }
    return render(request, "services/items.html", context)


@require_GET
@for_staff
def results(request: StaffRequest) -> HttpResponse:
    """List the presented results in which the reader's office has a part, the latest first."""
    context = {
        "rows": queries.presented(request.acting, SHOWN),
        "limit": SHOWN,
        "may_present": actions.NEEDS in request.acting.capabilities,
        "now": clock.now(),
        "crumbs": _crumbs(),
    }
    return render(request, "services/results.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def present(request: StaffRequest) -> HttpResponse:
    """Record a result that was issued elsewhere and is presented here; the duty to accept it follows at once."""
    by = request.acting
    by.need(actions.NEEDS)
    form = ResultForm(by, request.POST if request.method == "POST" else None)
    key = form_key(request)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.present_result(by=by, key=key, **form.cleaned_data)
        except Invalid as refused:
            form.take(refused)
        else:
            messages.success(request, _said(done["matter"], len(done["duties"])))
            return redirect("matter", done["matter"])
    context = {"form": form, "key": key, "crumbs": _crumbs(_("Present a result"))}
    return render(request, "services/result_new.html", context, status=422 if form.errors else 200)


def _said(number: str, duties: int) -> str:
    if not duties:
        return _("Recorded as %(number)s. No clause in force makes a duty of it.") % {"number": number}
    words = ngettext(
        "Recorded as %(number)s: %(n)d duty follows.", "Recorded as %(number)s: %(n)d duties follow.", duties
    )
    return words % {"number": number, "n": duties}


def _crumbs(here: str = "") -> list[dict[str, str]]:
    first = {"label": _("One window"), "url": "/services/"}
    listed = {"label": _("Presented results"), "url": "/services/results/" if here else ""}
    return [first, listed, {"label": here, "url": ""}] if here else [first, listed]
