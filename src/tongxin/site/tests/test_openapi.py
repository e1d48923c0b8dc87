"""The committed description of the API is the one this code has."""

from __future__ import annotations

import json
from pathlib import Path

from tongxin.site import api

SNAPSHOT = Path(__file__).resolve().parents[4] / "docs" / "openapi.json"


def test_the_snapshot_is_of_this_code():
    assert SNAPSHOT.read_text("utf-8") == api.schema(), "write it anew: tongxin openapi > docs/openapi.json"


READ_BY_POST = {
    "/api/v1/agreement-check",
    "/api/v1/track",
}  # a text is checked, a case opened; nothing is written
BY_CONTENT = {
    "/api/v1/applications",
    "/api/v1/applications/papers",
}  # the sealed form, the hash know it again


def test_every_write_takes_an_idempotency_key_and_every_operation_is_described():
    for path, operations in json.loads(api.schema())["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path} has no docstring"
            names = {p["name"] for p in operation.get("parameters", [])}
            reads = method == "get" or path in READ_BY_POST | BY_CONTENT
            assert reads or "Idempotency-Key" in names, f"{method} {path}"


def test_every_refusal_is_a_problem_and_every_guarded_operation_documents_401():
    for path, operations in json.loads(api.schema())["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    found = answer["content"]["application/json"]["schema"]["$ref"]
                    assert found.endswith("/Problem"), f"{method} {path} {status}"
            assert not operation.get("security") or "401" in operation["responses"], f"{method} {path}"
