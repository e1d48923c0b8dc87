"""A delivery as a connector gets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tongxin.heart.exchange.senders import Outgoing

PAYLOAD = {
    "id": "0d6f4c7e-0000-4000-8000-000000000001",
    "format": "tongxin.ring/1",
    "node": "main",
    "kind": "duty_do",
    "desk": "tj-wuqing/ecology_bureau",
    "post": None,
    "thread": "matter:M-2026-000001",
    "at": "2026-03-11T10:00:00+08:00",
    "due_at": "2026-03-11T11:00:00+08:00",
    "link": "http://localhost:8000/incidents/M-2026-000001/",
    "words": {"zh": "M-2026-000001：新的义务", "en": "M-2026-000001: a new duty"},
    "illustrative": True,
    "drill": False,
}


@pytest.fixture
def outgoing() -> Callable[..., Outgoing]:
    """Makes a delivery to a target: `outgoing(address, drill=True)`."""

    def make(target: str, **more: Any) -> Outgoing:
        given: dict[str, Any] = {
            "id": PAYLOAD["id"],
            "attempt": 1,
            "at": datetime(2026, 3, 11, 2, 0, tzinfo=UTC),
            "kind": "duty_do",
            "payload": PAYLOAD,
            "target": target,
            "secret": "s3cret",
            "drill": False,
        }
        return Outgoing(**(given | more))

    return make
