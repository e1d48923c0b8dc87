"""Screens of one's own case: opened by number and secret, then for half an hour by a pass in a cookie.

The secret never stands in an address, the number only in the one that the slip's code opens. The forms name the case
they were made for, so that a page of one case never acts on another that was opened in the same browser meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.cases import actions, applicants, guesses, slips
from tongxin.heart.cases import forms_track as given
from tongxin.heart.cases.forms_applicants import OpenForm
from tongxin.heart.cases.forms_letters import field_name
from tongxin.heart.cases.forms_papers import take_same
from tongxin.heart.cases.forms_uploads import Uploads
from tongxin.heart.cases.models import Slip
from tongxin.heart.cases.papers import SamePaper
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import form_key, no_store, switched, take
from tongxin.shared.errors import Conflict, Invalid, NotAllowed

COOKIE = "tongxin_case"
PATH = "/track/"
Act = Callable[[applicants.Page, dict[str, Any], Any], object]


@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Open a case by number and secret; a wrong pair says nothing of either."""
    if request.method == "GET":
        number = request.GET.get("number", "").replace("\x00", "")[:20]
        return no_store(render(request, "cases/track.html", {"form": OpenForm(initial={"number": number})}))
    form = OpenForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data
    if switched(request):
        form.errors.clear()
        return no_store(render(request, "cases/track.html", {"form": form}))
    try:
        slip = slips.opened(typed.get("number", ""), typed.get("secret", ""), request)
    except NotAllowed as refused:
        form.add_error(None, f"{refused.what} {refused.todo}")
        return no_store(render(request, "cases/track.html", {"form": form}, status=422))
    return _passed(redirect("track_case"), slip)


@require_GET
def case(request: HttpRequest) -> HttpResponse:
    """Show the case that was opened: where it is, until when, what is asked, who saw what, what may be done."""
    slip = _slip(request)
    if slip is None:
        return redirect("track")
    return _page(request, slip)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the case: whoever uses the telephone next finds nothing."""
    response = redirect("track")
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do one of the applicant's acts; its address opened again, as by a change of language, shows the case."""
    if request.method == "GET":
        return redirect("track_case")
    slip = _slip(request)
    if slip is None:
        messages.warning(
            request, _("The case was closed after half an hour. Open it again; nothing was sent.")
        )
        return redirect("track")
    if request.POST.get("case", "") != slip.case_id:
        raise Conflict(
            "other_case",
            _("Another case was opened in this browser meanwhile."),
            todo=_("Open the case again with its number and secret."),
        )
    if name not in ACTS:
        raise Http404
    guesses.begin(guesses.WRITE, slip.case_id, request)
    page = applicants.page(slip.case_id)
    make, do, said = ACTS[name]
    form = make(page, request.POST, request.FILES)
    form.is_valid()
    if isinstance(form, Uploads):
        form.take_in()
    key = actions.key_of(slip.case_id, form_key(request))
    if not form.errors:
        try:
            do(page, {"by": actions.applicant_at(page.case.accepting_desk_id), "key": key}, form)
        except Invalid as refused:
            _take(form, refused)
        except SamePaper as refused:
            take_same(form, refused)
    if form.errors:
        return _page(request, slip, page, sent={name: form}, key=form_key(request))
    messages.success(request, str(said))
    return _passed(redirect("track_case"), slip)


def _take(form: django_forms.Form, refused: Invalid) -> None:
    if isinstance(form, Uploads):
        form.take(refused)
    else:
        take(form, refused)


def _supply(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.supply(number=page.case.number, **form.given(), **who)


def _paper(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.add_paper(number=page.case.number, **form.given(), **who)


def _letter(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.write(number=page.case.number, **form.cleaned_data, **who)


def _correct(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.write(number=page.case.number, kind="correction", **form.cleaned_data, **who)


def _withdraw(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.withdraw(number=page.case.number, **form.cleaned_data, **who)


def _review(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.review(number=page.case.number, **form.cleaned_data, **who)


def _rate(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    actions.rate(number=page.case.number, **form.given(), **who)


def _consent(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    fields = form.cleaned_data["fields_seen"]
    actions.give_consent(number=page.case.number, who="applicant", fields=fields, **who)


def _end_consent(page: applicants.Page, who: dict[str, Any], form: Any) -> None:
    own = {row.pk for row, _stands in page.consents}
    chosen = form.cleaned_data["consent"]
    if chosen not in own:
        raise Http404
    actions.withdraw_consent(consent=chosen, **who)


class _WhichConsent(django_forms.Form):
    consent = django_forms.IntegerField(min_value=1, max_value=2**62)


def _supply_form(page: applicants.Page, *sent: Any) -> given.SupplyForm:
    asked = page.asked
    return given.SupplyForm(asked.papers if asked else (), asked.facts if asked else "", *sent)


# Each act: how its form is made, how it is done, and what is said afterwards.
ACTS: dict[str, tuple[Callable[..., Any], Act, Any]] = {
    "supply": (_supply_form, _supply, gettext_lazy("Handed in. The case goes on, and its time with it.")),
    "paper": (
        lambda page, *sent: given.AddPaperForm(page.form, *sent),
        _paper,
        gettext_lazy("The paper is with the case."),
    ),
    "letter": (
        lambda _page, data, _files: given.LetterForm(data),
        _letter,
        gettext_lazy("Sent. The answer will stand here."),
    ),
    "correction": (
        lambda page, data, _files: given.CorrectionForm(page.form, data),
        _correct,
        gettext_lazy("Sent. The answer will stand here."),
    ),
    "withdrawal": (lambda _page, data, _files: given.ReasonForm(data), _withdraw, gettext_lazy("Withdrawn.")),
    "review": (
        lambda _page, data, _files: given.ReasonForm(data),
        _review,
        gettext_lazy("The review is opened; another office looks at the decision."),
    ),
    "rating": (lambda _page, data, _files: given.RateForm(data), _rate, gettext_lazy("Rated.")),
    "consent": (
        lambda page, data, _files: given.GiveConsentForm(page.form, data),
        _consent,
        gettext_lazy("The consent is recorded."),
    ),
    "consent-end": (
        lambda _page, data, _files: _WhichConsent(data),
        _end_consent,
        gettext_lazy(
            "The consent is taken back: from now on no other office sees what it named. The application goes on."
        ),
    ),
}  # fmt: skip


def _page(
    request: HttpRequest,
    slip: Slip,
    page: applicants.Page | None = None,
    sent: dict[str, Any] | None = None,
    key: str = "",
) -> HttpResponse:
    """Render the case; a form that was refused stands in it again, with what was typed, taken in, and its key."""
    page = page or applicants.page(slip.case_id)
    sent = sent or {}
    blank = {
        "supply": _supply_form(page),
        "paper": given.AddPaperForm(page.form),
        "letter": given.LetterForm(),
        "correction": given.CorrectionForm(page.form),
        "withdrawal": given.ReasonForm(auto_id="id_w_%s"),
        "review": given.ReasonForm(auto_id="id_r_%s"),
        "rating": given.RateForm(auto_id="id_rate_%s"),
        "consent": given.GiveConsentForm(page.form),
    }
    context = {
        "page": page,
        "case": page.case,
        "title": page.title,
        "forms": blank | sent,
        "refused": next((form for form in sent.values() if form.errors), None),
        "open": next(iter(sent), ""),
        "keys": {name: key if name in sent else new_key() for name in (*blank, "consent_end")},
        "letters": [
            {"row": each, "field": field_name(page.case, each.field) if each.field else ""}
            for each in page.letters
        ],
        "consents": [
            {"row": row, "stands": stands, "names": _names(page, row.fields)} for row, stands in page.consents
        ],
        "minutes": int(slips.PASS_LASTS.total_seconds() // 60),
        "rated": dict(given.STARS).get(page.rating.stars, "") if page.rating else "",
        "links": [{"label": _("One window"), "url": "/services/"}, {"label": _("My case")}],
    }
    status = 422 if context["refused"] else 200
    return _passed(no_store(render(request, "cases/track_case.html", context, status=status)), slip)


def _names(page: applicants.Page, fields: list[str]) -> list[str]:
    return [field_name(page.case, each) for each in fields]


def _slip(request: HttpRequest) -> Slip | None:
    return slips.by_pass(request.COOKIES.get(COOKIE, ""))


def _passed(response: HttpResponse, slip: Slip) -> HttpResponse:
    """Give the pass out anew: half an hour from now."""
    response.set_cookie(
        COOKIE,
        slips.pass_for(slip),
        max_age=int(slips.PASS_LASTS.total_seconds()),
        path=PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response
