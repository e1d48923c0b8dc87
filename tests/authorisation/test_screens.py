"""Who may open and send which screen: every cell of `screens.csv`, which was written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from tests.authorisation import routes
from tests.authorisation.scene import ROLES, table, uploads, written
from tests.support.database import DATABASE

ROWS = table("screens.csv")
SHOWN_TO_ALL = {"set_language"}  # forms that anybody may send
LEADS_BACK = {"track_act"}  # to the page whose form it was


def name_of(row) -> str:
    return f"{row['method']} {row['screen']} {row['args']} {row['query']}".strip()


def address(row, words) -> str:
    args = dict(pair.split("=", 1) for pair in row["args"].format_map(words).split("&") if pair)
    query = row["query"].format_map(words)
    return reverse(row["screen"], kwargs=args) + (f"?{query}" if query else "")


def body(row, words) -> dict[str, list[Any]]:
    sent = QueryDict(row["body"].format_map(words).replace("+", "%2B"))
    return {"key": ["a-key-of-this-cell"], **{name: [uploads(v) for v in vs] for name, vs in sent.lists()}}


def answer(response) -> str:
    if response.status_code == 302 and response.url.partition("?")[0] == "/account/login/":
        return "login"
    if response.status_code == 302 and "reauthenticate" in response.url:
        return "again"
    return str(response.status_code)


def send(client: Client, row, words) -> str:
    if row["method"] == "GET":
        response = client.get(address(row, words))
        if response.streaming:
            b"".join(response.streaming_content)
        return answer(response)
    return answer(client.post(address(row, words), body(row, words)))


def fits(expected: str, got: str) -> bool:
    return got in {"403", "404"} if expected == "no" else got == expected


def test_every_screen_has_a_row_and_every_row_a_screen():
    listed = {row["screen"] for row in ROWS}
    assert routes.screens() - listed == set(), "screens without a row in tests/authorisation/screens.csv"
    assert listed - routes.screens() == set(), "rows without a screen"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_screen(scene, cell, row):
    wrong = []
    for role in ("own",) if DATABASE == "postgres" else ("anonymous", *ROLES):
        with cell():
            client = scene.client(row["cast"], role)
            before = row["method"] == "POST" and written()
            got = send(client, row, scene.words)
            if not fits(row[role], got):
                wrong.append(f"{role}: expected {row[role]}, got {got}")
            if before and got in {"403", "404", "409", "422", "login", "again"} and written() != before:
                wrong.append(f"{role}: refused with {got}, but something was written")
    assert not wrong, "; ".join(wrong)


POSTED = [row for row in ROWS if row["method"] == "POST"]


@pytest.mark.parametrize("row", POSTED, ids=name_of)
def test_a_form_without_its_mark_is_refused(scene, cell, row):
    with cell():
        client = scene.client(row["cast"], "own", enforce_csrf_checks=True)
        before = written()
        assert send(client, row, scene.words) == "403"
        assert written() == before


@pytest.mark.parametrize("row", POSTED, ids=name_of)
def test_what_changes_something_does_not_answer_get(scene, cell, row):
    """A screen with a form shows it and writes nothing; one that only acts says that it takes no GET."""
    shows = {r["screen"] for r in ROWS if r["method"] == "GET"}
    with cell():
        client = scene.client(row["cast"], "own")
        before = written()
        answered = client.get(address(row, scene.words), body(row, scene.words)).status_code
        assert written() == before
    if row["screen"] not in shows | SHOWN_TO_ALL | LEADS_BACK:
        assert answered == 405
