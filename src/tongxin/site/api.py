"""The API's root at /api/v1: office tokens, the one shape of a refusal, and each room's operations."""

from __future__ import annotations

import json
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.tokens import TokenRefused, acting_from_token
from tongxin.shared.errors import Invalid, Refused
from tongxin.site import refusals
from tongxin.site.account import lockout
from tongxin.site.api_names import only_known

VERSION = "1.0"
DESCRIPTION = """The same actions and queries that the screens use.

**Authority.** `Authorization: Bearer <office token>`: the caller acts in the token's post, at its desk, and sees
and may do what that post may. **Commands** carry an `Idempotency-Key`. **Refusals** have one shape, `Problem`: what
happened, what was kept, what to do, and a stable `code`. Instants are ISO 8601 with
their offset, Beijing time (the ledger's, which are hashed, in UTC); money is whole fen."""


class OfficeToken(HttpBearer):
    """The secret of an office, as a bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> Acting:
        """Return who acts; wrong tokens from one address are slowed down like wrong passwords."""
        try:
            return acting_from_token(token, via="api")
        except TokenRefused:
            lockout.begin(lockout.TOKEN, token[:16], request)
            raise


class ReadableJson(JSONRenderer):
    """JSON in UTF-8 as it is, so that Chinese can be read in a terminal."""

    json_dumps_params = {"ensure_ascii": False}


class StrictJson(Parser):
    """JSON without NaN, without signs the databases cannot keep, and not nested without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body; any fault of it becomes a 400."""
        return _storable(json.loads(request.body, parse_constant=_no_such_number))


api = NinjaAPI(
    title="Tongxin 同心",
    version=VERSION,
    description=DESCRIPTION,
    auth=OfficeToken(),
    parser=StrictJson(),
    renderer=ReadableJson(),
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
)


class MeOut(Schema):
    """Who acts with this token."""

    post: str
    desk: str
    jurisdiction: str
    capabilities: list[str]


@api.get("/me", response={200: MeOut, **READ_PROBLEMS}, tags=["me"], operation_id="me")
def me(request: Call) -> dict[str, Any]:
    """Say in which post, at which desk and with which capabilities this token acts."""
    acting = request.auth
    return {
        "post": acting.post,
        "desk": acting.desk,
        "jurisdiction": acting.jurisdiction,
        "capabilities": sorted(acting.capabilities),
    }


@api.exception_handler(Refused)
def refused(request: HttpRequest, exc: Refused) -> HttpResponse:
    """A refusal keeps its own status and code."""
    response = api.create_response(request, exc.as_dict(), status=exc.status)
    if exc.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if seconds := getattr(exc, "seconds", None):  # of a door that is closed for a while
        response["Retry-After"] = str(seconds)
    return response


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    """Name each field that cannot be taken."""
    fields: dict[str, list[str]] = {}
    for error in exc.errors:
        place = [str(p) for p in error.get("loc", ())][1:]
        fields.setdefault(".".join(place) or "body", []).append(str(error.get("msg", "")))
    return refused(request, Invalid(_("The request does not fit the operation."), fields))


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
    """Say that a token is needed."""
    return refused(request, TokenRefused())


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """Word a bare status code."""
    return refused(request, refusals.plain(exc.status_code))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
    """Word a thing that is not there."""
    return refused(request, refusals.plain(404))


@api.exception_handler(DataError)
def not_storable(request: HttpRequest, exc: DataError) -> HttpResponse:
    """Say that a value fits no column, where no field said so before."""
    return refused(request, Invalid(_("A value is too long or cannot be stored."), {}))


ROOMS = (
    "tongxin.site.board_api",
    "tongxin.site.finding.api",
    "tongxin.petals.ecology.api",
    "tongxin.petals.ecology.api_acts",
    "tongxin.petals.services.api",
    "tongxin.heart.region.api",
    "tongxin.heart.exchange.api",
    "tongxin.heart.exchange.api_nodes",
    "tongxin.heart.agreements.api",
    "tongxin.heart.agreements.api_instruments",
    "tongxin.heart.agreements.api_duties",
    "tongxin.heart.agreements.api_agenda",
    "tongxin.heart.agreements.api_calendar",
    "tongxin.heart.agreements.api_may",
    "tongxin.heart.cases.api",
    "tongxin.heart.cases.api_applicants",
    "tongxin.heart.cases.api_consents",
    "tongxin.heart.cases.api_disputes",
    "tongxin.heart.cases.api_feed",
    "tongxin.heart.cases.api_file",
    "tongxin.heart.cases.api_joints",
    "tongxin.heart.cases.api_inbox",
    "tongxin.heart.cases.api_letters",
    "tongxin.heart.cases.api_papers",
    "tongxin.heart.cases.api_states",
    "tongxin.heart.cases.api_texts",
    "tongxin.heart.measures.api",
    "tongxin.heart.ledger.api",
    "tongxin.site.people.api",
)
api.add_decorator(only_known)
for room in ROOMS:
    if find_spec(room) is not None:
        api.add_router("", import_module(room).router)


def _storable(value: Any) -> Any:
    """Return the value, or raise ValueError where it holds the sign NUL."""
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("NUL cannot be stored")
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        inner = value
    for each in inner:
        _storable(each)
    return value


def _no_such_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def schema() -> str:
    """Return the description of the API as the committed file has it."""
    found = api.get_openapi_schema(path_prefix="/api/v1")
    return json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
