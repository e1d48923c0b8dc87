"""The words of a refusal on a page, in JSON and for a whole status code; the handlers of Django's own errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.ended import Ended
from tongxin.shared.errors import Refused

CASE_PAGE = re.compile(
    r"/cases/[A-Z0-9]+-[0-9]{4}-[0-9]+/"
)  # where a case says what of it is still seen, and why not
TITLES: dict[int, Any] = {
    400: _("The request cannot be read"),
    401: _("Not signed in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not done this way"),
    409: _("Things have moved on"),
    413: _("Too large"),
    422: _("Something is missing"),
    429: _("Too many tries"),
    500: _("A fault of ours"),
    503: _("Out of service"),
}


# what the page itself put into its form, and secrets
NOT_TYPED = (
    "csrfmiddlewaretoken",
    "key",
    "next",
    "credential",
    "code",
    "epoch",
    "offer",
    "to_desk",
    "edition",
    "base",
    "do",
    "rules",
    "shown",
    "language",
    "form",  # of an application: what seals it
    "secret",
    "case",  # which one the form was made for
    "sure",
)
REMEMBERED = "kept_"  # before the name of a file that was taken in: a sealed word, for the form alone
# a form's prefix is no part of a name
TYPED: dict[str, Any] = {
    "remark": _("Remark"),
    "reason": _("Reason"),
    "text": _("Text"),
    "file": _("Name of the file"),
}


class Plain(Refused):
    """A refusal that has only a status code to go by."""

    def __init__(self, status: int, code: str, what: Any, todo: Any) -> None:
        super().__init__(code, what, todo=todo)
        self.status = status


FORM_ONLY = Plain(
    405,
    "form_only",
    _("This address only takes what a form sends; there is no page to open here."),
    _("Go back to the page with the form; what was typed there is kept in this browser."),
)


def plain(status: int) -> Plain:
    """Return the refusal that stands for a bare status code."""
    known: dict[int, tuple[str, Any, Any]] = {
        400: ("bad_request", _("The request cannot be read."), _("Check its form and send it again.")),
        401: (
            "token_refused",
            _("This needs a valid office token."),
            _("Send it as: Authorization: Bearer …"),
        ),
        403: ("not_allowed", _("You may not do this."), _("Change to a post that may, or go back.")),
        404: (
            "not_found",
            _("There is no such page or thing, or it is not yours to see."),
            _("Check the address."),
        ),
        405: (
            "method_not_allowed",
            _("This address does not take this method."),
            _("See the list of operations."),
        ),
        413: ("too_large", _("What was sent is too large."), _("Send less at once.")),
        429: ("too_many", _("Too many tries in a short time."), _("Wait a minute and try again.")),
        503: ("out_of_service", _("The server cannot answer just now."), _("Try again in a minute.")),
    }
    code, what, todo = known.get(
        status,
        (
            "fault",
            _("Something went wrong on our side."),
            _("Try again; if it stays, tell your operator the time."),
        ),
    )
    return Plain(status, code, what, todo)


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the refusal as a page, or as JSON to a program."""
    if request.path.startswith("/api/"):
        return _json(refused)
    return page(request, refused)


def _json(refused: Refused) -> HttpResponse:
    """Return the refusal to a program, in characters as people read them."""
    return JsonResponse(refused.as_dict(), status=refused.status, json_dumps_params={"ensure_ascii": False})


def page(
    request: HttpRequest, refused: Refused, template: str = "", *, ended: Sequence[Ended] = ()
) -> HttpResponse:
    """Return the error page: what happened, what ended, what was kept, what to do, and what was typed."""
    context = {
        "title": TITLES.get(refused.status, TITLES[500]),
        "code": refused.code,
        "what": refused.what,
        "ended": ended,
        "kept": refused.kept,
        "todo": refused.todo,
        "fields": getattr(refused, "fields", {}),
        "case_page": found[0] if (found := CASE_PAGE.match(request.path)) else "",
        "typed": [] if refused.status == 413 else _typed(request),  # what is too large is not read
    }
    names = [template] if template else [f"{refused.status}.html", "refused.html"]
    text = loader.select_template(names).render(context, request)
    response = HttpResponse(text, status=refused.status)
    response["Cache-Control"] = "no-store"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, to be offered back as text; never a secret."""
    if request.method != "POST":
        return []
    plain_names = [(name.rpartition("-")[2], name, values) for name, values in request.POST.lists()]
    return [
        (str(TYPED.get(plain_name, name)), value)
        for plain_name, name, values in plain_names
        for value in values
        if value.strip()
        and plain_name not in NOT_TYPED
        and not name.startswith(REMEMBERED)
        and "password" not in name
    ]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return answer(request, plain(400))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return answer(request, plain(403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return answer(request, plain(404))


def fault(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database or the shell for anything."""
    if request.path.startswith("/api/"):
        return _json(plain(500))
    return HttpResponse(
        loader.get_template("500.html").render({"number": getattr(request, "number", "")}), status=500
    )


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form from a page that is too old: of another sign-in, or of the post one acted in before."""
    refused = Plain(
        403,
        "form_expired",
        _(
            "This page was opened too long ago, in another sign-in or in another post, so its form was not taken."
        ),
        _("Go back, load the page anew and send it again."),
    )
    return page(request, refused, "refused.html")
