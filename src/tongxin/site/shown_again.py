"""A page that answered a form, in the other language: its switch sends the form once more, and nothing is done by that.

Such a page cannot be fetched by its address, and going there would lose what was typed. Its switch sends the page's own
form (`{% form_to %}`), as it is typed by then; where the page shows none, what was sent before. Nothing new is done
while it is answered (`acts.only_shown`), so the page comes back as it stood. A form with a secret is never written into
a page that does not show it: the switch of such a page opens the address.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from tongxin.heart.exchange import acts
from tongxin.heart.exchange.screen_parts import remember_language, switched

FORM = "language-form"  # the id of the form that the switch sends
OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "language", "rules", "shown"})  # the new page has its own
SECRETS = ("password", "secret", "credential")  # in the name of a field that is written into no page


def answered(request: HttpRequest) -> bool:
    """Whether the page is the answer to a form, so that its address does not show it."""
    return request.method == "POST" and not getattr(request, "unread", False)


def fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return what a page's switch sends again, as names and values; None where the address is opened instead."""
    if not answered(request):
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
        """Pass the request on; only a form that the switch of its page sent is treated apart."""
        elsewhere = request.path.startswith(("/api/", "/node/")) or request.path == reverse("set_language")
        if elsewhere or not switched(request):
            return self.get_response(request)
        translation.activate(request.POST["language"])
        request.LANGUAGE_CODE = translation.get_language()
        with acts.only_shown():
            return remember_language(request, self.get_response(request))
