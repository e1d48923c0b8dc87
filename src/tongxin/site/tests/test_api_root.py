"""The API's root: tokens, and refusals that always have the one shape."""

from __future__ import annotations

import json

import pytest

from tongxin.heart.region.holdings import Seat
from tongxin.heart.region.tokens import issue
from tongxin.shared import clock


@pytest.fixture
def secret(world):
    seat = Seat(world.posts["a-ecology_bureau/duty_officer"], world.desks["a/ecology_bureau"])
    return issue(seat, label="test", at=clock.now())[1]


def call(client, path, secret="", **more):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.get(f"/api/v1{path}", headers=headers, **more)


def is_problem(answer, status, code=None):
    assert answer.status_code == status
    body = answer.json()
    assert set(body) >= {"code", "what", "kept", "todo"}
    assert code is None or body["code"] == code
    return body


def test_me_says_who_acts(client, secret):
    assert call(client, "/me", secret).json() == {
        "post": "a-ecology_bureau/duty_officer",
        "desk": "a/ecology_bureau",
        "jurisdiction": "a",
        "capabilities": ["confirm", "report_incident"],
    }


@pytest.mark.parametrize("wrong", ["", "tx_nope_nope", "x"])
def test_without_a_token_that_stands_nothing_is_said(client, world, wrong):
    answer = call(client, "/me", wrong)
    is_problem(answer, 401, "token_refused")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(client, sign_in):
    sign_in("duty")
    is_problem(call(client, "/me"), 401)


def test_guessing_tokens_is_slowed_down(client, world):
    for _ in range(60):
        is_problem(call(client, "/me", "tx_guess_x"), 401)
    answer = call(client, "/me", "tx_guess_x")
    is_problem(answer, 429, "locked_out")
    assert int(answer["Retry-After"]) > 0


def test_there_is_no_html_in_the_api(client, secret):
    is_problem(call(client, "/no/such/thing", secret), 404, "not_found")
    answer = client.post("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    is_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET"
    assert client.get("/api/v1/docs").status_code == 404


def test_the_description_is_served(client, db):
    found = call(client, "/openapi.json").json()
    assert found["info"]["version"] == "1.0"
    assert "/api/v1/me" in found["paths"]
    assert json.dumps(found)
