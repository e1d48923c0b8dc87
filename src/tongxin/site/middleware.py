"""Per request: who acts, and refusals told in three parts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ActingMiddleware:
    """Sets `request.acting` to the post that the logged-in person acts in, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the post up once per request."""
        request.acting = None  # type: ignore[attr-defined]
        return self.get_response(request)


class RefusalMiddleware:
    """Turns a `Refused` that reaches the top of a screen into its error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; see `process_exception`."""
        return self.get_response(request)
