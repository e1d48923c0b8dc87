"""A page that answered a form, in the other language: its switch sends the form's fields once more.

Such a page cannot be fetched by its address, and going there would lose what was typed. The switch of the shell carries
the fields beside the mark `again`; nothing new is done while they are answered (`acts.only_shown`), so the page comes
back as it stood. A form with a secret is never written into a page: its switch opens the address.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from tongxin.heart.exchange import acts
from tongxin.heart.exchange.screen_parts import remember_language, switched

AGAIN = "again"
OF_THE_PAGE = frozenset(
    {"csrfmiddlewaretoken", "language", "rules", "shown", AGAIN}
)  # the new page has its own
SECRETS = ("password", "secret", "credential")  # in the name of a field that is written into no page


def fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return what a page's switch sends again, as names and values; None where the address is opened instead."""
    if request.method != "POST" or getattr(request, "unread", False):
        return None
    if any(name == "code" or any(word in name for word in SECRETS) for name in request.POST):
        return None
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in OF_THE_PAGE
    ]


class ShownAgainMiddleware:
    """Answers what a page's language switch sends again: in that language, and without doing anything new."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; only a form of a page with the mark is treated apart."""
        if request.path.startswith(("/api/", "/node/")) or not switched(request) or AGAIN not in request.POST:
            return self.get_response(request)
        translation.activate(request.POST["language"])
        request.LANGUAGE_CODE = translation.get_language()
        with acts.only_shown():
            return remember_language(request, self.get_response(request))
