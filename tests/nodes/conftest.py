"""A confirmed line between this node and a second one in miniature; some desks work there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.second_node import SecondNode
from tests.support.world import House

THERE, HERE = "bj-tongzhou/service_centre", "tj-wuqing/service_centre"


@pytest.fixture
def second(house: House) -> SecondNode:
    return SecondNode()


@pytest.fixture
def line(house: House, second: SecondNode) -> SecondNode:
    """The second node as a confirmed peer, with the desks of Tongzhou."""
    from tongxin.heart.exchange import peers
    from tongxin.heart.region.acting import SYSTEM

    peers.add(by=SYSTEM, key="add", address="http://localhost:9", identity=second.identity())
    peers.confirm(by=SYSTEM, key="confirm", peer=second.name, fingerprint=second.key)
    peers.place(by=SYSTEM, key="place", desks=["bj-tongzhou"], peer=second.name)
    return second


@pytest.fixture
def clerk(house: House) -> Any:
    return house.acting("wuqing-clerk", "tj-wuqing-services/window_clerk")


@pytest.fixture
def write(house: House, clerk: Any) -> Callable[..., dict[str, Any]]:
    """Writes a note from Wuqing to Tongzhou."""
    from tongxin.heart.exchange import lines_notes

    def do(text: str = "示例", key: str = "", **more: Any) -> dict[str, Any]:
        return lines_notes.send_note(by=clerk, key=key or f"note:{text}", to_desk=THERE, text=text, **more)

    return do
