"""What every room's screens share: the request of a post that acts, the door for staff, the form's own key."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange.acts import new_key
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid, NotAllowed

P = ParamSpec("P")
KEY = re.compile(r"[\x21-\x7e]{1,80}")


class StaffRequest(HttpRequest):
    """A request of somebody who acts in a post; what `for_staff` lets through."""

    acting: Acting


def for_staff(
    view: Callable[Concatenate[Any, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only a post in: others are sent to log in, to choose a post, or to set up their second factor."""

    @wraps(view)
    def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "acting", None) is not None:
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(_here(request), reverse("account_login"))
        if getattr(request, "seats", None) or getattr(request, "needs_second_factor", False):
            return redirect(f"{reverse('account_post')}?{urlencode({'next': _here(request)})}")
        raise NotAllowed(
            "no_post",
            _("You hold no post today."),
            todo=_("Ask the administrator of your jurisdiction for one."),
        )

    return door


R = TypeVar("R", bound=HttpResponseBase)


def remember_language(request: HttpRequest, response: R) -> R:
    """Set the cookie with the language that the page's switch asked for."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        request.POST["language"],
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


def switched(request: HttpRequest) -> bool:
    """Say whether the page's language switch sent this form: nothing is to be done, only shown.

    Acts are refused by themselves (`acts.only_shown`); a screen asks this where its form holds a secret, or where it
    matters by what button it was sent.
    """
    return request.method == "POST" and request.POST.get("language", "") in dict(settings.LANGUAGES)


def form_key(request: HttpRequest) -> str:
    """Return the idempotency key that a form carries in its field `key`, or a fresh one where it carries none."""
    given = request.POST.get("key", "")
    return given if KEY.fullmatch(given) else new_key()


def take(form: forms.BaseForm, refused: Invalid, named: Callable[[str], str] = str) -> None:
    """Show an action's refusal at the form's fields; what names none of them stands above the form.

    `named`: what the form calls a field of the action.
    """
    for name, texts in refused.fields.items():
        field = named(name)
        for text in texts:
            form.add_error(field if field in form.fields else None, str(text))
    if not refused.fields:
        form.add_error(None, str(refused.what))


T = TypeVar("T")


def tried(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any], str], T]) -> T | None:
    """Run the action with what a sent form holds and its key; None when there is nothing, or something to mend."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action(form.cleaned_data, form_key(request))
    except Invalid as refused:
        take(form, refused)
        return None


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a page with `form`; 422 when it came back, with the key it was sent with. No cache keeps it."""
    wrong = bool(context["form"].errors)
    key = form_key(request) if wrong else new_key()
    return no_store(render(request, template, {**context, "key": key}, status=422 if wrong else 200))


def no_store(response: HttpResponse) -> HttpResponse:
    """Mark an answer with personal data so that no cache keeps it."""
    response["Cache-Control"] = "no-store"
    return response


def _here(request: HttpRequest) -> str:
    """Return the address to come back to: of the page, never of a command."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
