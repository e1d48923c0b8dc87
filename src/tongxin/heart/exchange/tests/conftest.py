"""The loaded region with a moved clock, a web server outside, and rings that go there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import receivers
from tests.support.world import House, house, loaded, moved_clock

__all__ = ["house", "loaded", "moved_clock"]

WUQING, BAODI = "tj-wuqing/ecology_bureau", "tj-baodi/ecology_bureau"


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""


@pytest.fixture
def web() -> Iterator[receivers.Web]:
    with receivers.web() as server:
        yield server


@pytest.fixture
def keeper(house: House) -> Any:
    """The coordinator of Wuqing, who keeps its outbox."""
    return house.acting("wuqing-coordinator", "tj-wuqing-coordination/coordinator")


@pytest.fixture
def subscribe(house: House, keeper: Any, web: receivers.Web) -> Callable[..., Any]:
    """Subscribes the ecology desk of Wuqing to the web server; returns the row, with its secret as `row.shown`."""

    def do(target: str = "", desk: str = WUQING, connector: str = "webhook", by: Any = None, kinds=()) -> Any:
        from tongxin.heart.exchange import keeping
        from tongxin.heart.exchange.models import Subscription

        once = keeping.subscribe(
            by=by or keeper,
            key=f"subscribe:{desk}:{target}",
            desk=desk,
            connector=connector,
            target=target or web.address,
            kinds=kinds,
        )
        row = Subscription.objects.get(pk=once.result["subscription"])
        row.shown = once.secret
        return row

    return do


@pytest.fixture
def ring(house: House) -> Callable[..., None]:
    """Rings a desk inside an act, as a room above does."""

    def do(number: int = 1, desk: str = WUQING, kind: str = "reminder", **more: Any) -> None:
        from tongxin.heart.exchange import actions
        from tongxin.heart.exchange.acts import act
        from tongxin.shared import clock

        params = more.pop("params", None) or {
            "thread": "case:WUQING-2026-000001",
            "due_at": "2026-03-11T04:00:00.000000Z",
        }
        with act(
            "tests.rung", by=house.acting("wuqing-duty"), key=f"ring:{desk}:{number}", request={"n": number}
        ) as a:
            actions.notify(
                desk,
                kind,
                link="/cases/WUQING-2026-000001/",
                at=clock.now(),
                dedupe=f"test:{desk}:{number}",
                params=params,
                **more,
            )
            a.entry("desk:tests")

    return do
