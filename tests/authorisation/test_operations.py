"""Who may call which operation of the API: every cell of `operations.csv`, which was written by hand."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client

from tests.authorisation import routes
from tests.authorisation.scene import table, uploads, written
from tests.support.database import DATABASE

ROWS = table("operations.csv")
ROLES = ("none", "bad", "revoked", "own", "own_without", "partner", "third", "auditor")
BASE = "/api/v1"


def name_of(row) -> str:
    return f"{row['method']} {row['path']} {row['query']}".strip()


def address(row, words) -> str:
    given = dict(parse_qsl(row["query"].format_map(words)))
    path = row["path"]
    for name in list(given):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", given.pop(name))
    return BASE + path + (f"?{urlencode(given)}" if given else "")


def bearer(scene, row, role: str) -> dict[str, str]:
    if role == "none":
        return {}
    if role == "bad":
        return {"Authorization": "Bearer tx_0123456789_not-a-token"}
    secret = scene.house.token(*scene.seat(row["cast"], "own" if role == "revoked" else role))
    if role == "revoked":
        from tongxin.heart.region import tokens
        from tongxin.heart.region.models import OfficeToken

        tokens.revoke(OfficeToken.objects.latest("id"), at=scene.house.clock.at)
    return {"Authorization": f"Bearer {secret}"}


def body(row, words) -> object:
    """The body, with the scene's words in its texts."""

    def filled(value):
        if isinstance(value, dict):
            return {name: filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return value.format_map(words) if isinstance(value, str) else value

    return filled(json.loads(row["body"] or "null"))


def call(row, words, headers: dict[str, str]):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    if row["method"] == "GET":
        return client.get(address(row, words), headers=headers)
    sent = body(row, words)
    if isinstance(sent, dict) and "@pdf" in sent.values():
        keyed = {"Idempotency-Key": "a-key-of-this-cell", **headers}
        return client.post(
            address(row, words), {name: uploads(value) for name, value in sent.items()}, headers=keyed
        )
    return client.post(
        address(row, words),
        sent,
        content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-this-cell", **headers},
    )


def test_every_operation_has_a_row_and_every_row_an_operation():
    listed = {(row["method"], BASE + row["path"]) for row in ROWS}
    assert routes.operations() - listed == set(), (
        "operations without a row in tests/authorisation/operations.csv"
    )
    assert listed - routes.operations() == set(), "rows without an operation"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_operation(scene, cell, row):
    wrong = []
    for role in ("own",) if DATABASE == "postgres" else ROLES:
        with cell():
            headers = bearer(scene, row, role)
            before = written()
            response = call(row, scene.words, headers)
            got, expected = str(response.status_code), row[role]
            if not (got in {"403", "404"} if expected == "no" else got == expected):
                wrong.append(f"{role}: expected {expected}, got {got} {response.content[:160].decode()}")
            if got >= "400" and set(response.json()) - {"fields"} != {"code", "what", "kept", "todo"}:
                wrong.append(f"{role}: a refusal of another shape: {response.content[:160].decode()}")
            if got >= "400" and written() != before:
                wrong.append(f"{role}: refused with {got}, but something was written")
    assert not wrong, "; ".join(wrong)


def test_a_method_that_no_operation_has_is_refused_in_the_same_shape(scene, cell):
    with cell():
        token = scene.house.token("wuqing-duty")
        response = Client().delete(f"{BASE}/cases", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
