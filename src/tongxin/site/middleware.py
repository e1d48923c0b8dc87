"""Per request: who acts under which rules number, and refusals told in three parts."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from tongxin.heart.region import rules
from tongxin.heart.region.holdings import seats_of
from tongxin.shared import readers
from tongxin.shared.errors import Refused
from tongxin.site import page_rules, refusals
from tongxin.site.account import seats

log = structlog.get_logger()
HANDS_IN = ("/apply/", "/track/case/")  # where applicants hand papers in without a login
GetResponse = Callable[[HttpRequest], HttpResponse]

# What Django and allauth answer themselves: a page that may not be seen, a request that is none, the password again.
NO_FAULT = (PermissionDenied, SuspiciousOperation, ImmediateHttpResponse, ReauthenticationRequired)


class ActingMiddleware:
    """Sets `request.acting` to the post that the logged-in person acts in, or None; by today's holdings."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the seats up once per request of a person; a holding that ended is gone at once.

        The rules number is read once, too, when it is first asked for; what comes from a page made under an older one
        is judged anew before anything is done. A body that is too large is not read.
        """
        with rules.reading(), readers.nobody():
            self._seat(request)
            response = _stopped(request) or self.get_response(request)
        if request.acting is not None and not response.has_header("Cache-Control"):  # type: ignore[attr-defined]
            response["Cache-Control"] = "no-store"
        return response

    def _seat(self, request: HttpRequest) -> None:
        request.acting = None  # type: ignore[attr-defined]
        request.seats = []  # type: ignore[attr-defined]
        request.needs_second_factor = False  # type: ignore[attr-defined]
        if not _is_machine(request) and (person := seats.person_of(request)) is not None:
            held = seats_of(person)
            request.seats = held  # type: ignore[attr-defined]
            if seats.must_enrol(person):
                request.needs_second_factor = True  # type: ignore[attr-defined]
            else:
                request.acting = seats.seated(request, person, held)  # type: ignore[attr-defined]


def _stopped(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a request that goes no further: too large to be read, or from a page that is over."""
    if _too_large(request):
        request.unread = True  # type: ignore[attr-defined]  # so that no page asks what was typed
        return refusals.answer(request, refusals.plain(413))
    return page_rules.judged_anew(request) if _from_a_page(request) else None


class RefusalMiddleware:
    """Turns a `Refused` that reaches the top into its error page, or into JSON for programs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a program never gets an error as HTML.

        The sign NUL, which PostgreSQL cannot keep and nobody means, is refused at the door.
        """
        request.number = secrets.token_hex(4)  # type: ignore[attr-defined]  # quoted on error pages, found in the log
        if _holds_nul(request):
            return refusals.answer(request, refusals.plain(400 if not _is_api(request) else 404))
        response = self.get_response(request)
        if _is_api(request) and response.status_code >= 400 and not _is_json(response):
            plain = refusals.plain(response.status_code)
            fresh = JsonResponse(plain.as_dict(), status=response.status_code)
            for name in ("Allow", "Retry-After"):
                if response.has_header(name):
                    fresh[name] = response[name]
            return fresh
        if response.status_code == 405 and not response.content and not _is_machine(request):
            told = refusals.page(request, refusals.FORM_ONLY)
            told["Allow"] = response.get("Allow", "")
            return told
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Word a refusal; anything else goes on to Django."""
        if isinstance(exception, Refused):
            if getattr(request, "rules_rose", False) and exception.status in page_rules.GONE:
                return page_rules.emptied(request, exception)
            return refusals.answer(request, exception)
        if isinstance(exception, Http404):
            return refusals.answer(request, refusals.plain(404))
        if isinstance(exception, NO_FAULT):
            return None
        log.error("fault", number=request.number, path=request.path, exc_info=exception)  # type: ignore[attr-defined]
        return None


def _from_a_page(request: HttpRequest) -> bool:
    """Whether a request may come from a page of ours that carries a number: a form, or a refresh that says so."""
    if _is_machine(request):
        return False
    return request.method == "POST" or "Tongxin-Rules" in request.headers


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/node/", "/static/", "/health/"))


def _too_large(request: HttpRequest) -> bool:
    """Whether a request says that its body is larger than is taken; nothing of it is read then.

    What a request says is all that is read of it, so one that lies is cut off there. The line between nodes has a
    limit of its own, and answers in the form of its protocol.
    """
    if request.path.startswith("/node/"):
        return False
    papers = _is_api(request) or request.path.startswith(HANDS_IN)
    may_send = papers or request.acting is not None  # type: ignore[attr-defined]
    most = settings.UPLOAD_MAX_BYTES if may_send else settings.UPLOAD_ANONYMOUS_BYTES
    said = request.META.get("CONTENT_LENGTH") or "0"
    return not said.isdecimal() or int(said) > most


def _is_json(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith("application/json")


def _holds_nul(request: HttpRequest) -> bool:
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if _is_api(request) or request.method != "POST":
        return False
    return any("\x00" in value for values in request.POST.lists() for value in (values[0], *values[1]))
