"""What the tests that cross rooms share: the loaded region, and one live server for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.database import FILLS
from tests.support.world import house, loaded, moved_clock, seat_in

__all__ = ["house", "loaded", "moved_clock", "seat_in"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who uses the house uses the database, with real commits."""
    for item in items:
        if (FILLS | {"live_server"}) & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest) -> None:
    """In place of pytest-django's, which would flush every table: `house` and `scene` put the tables back."""
    if not FILLS & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")


@pytest.fixture(autouse=True)
def _live_server_helper(request: pytest.FixtureRequest) -> Iterator[None]:
    """In place of pytest-django's, for the same reason."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("house")
    server: Any = request.getfixturevalue("live_server")
    server._live_server_modified_settings.enable()
    yield
    server._live_server_modified_settings.disable()
