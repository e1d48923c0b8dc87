"""The loaded region with a moved clock, for tests of services."""

import pytest

from tests.support.world import house, loaded, moved_clock

__all__ = ["house", "loaded", "moved_clock"]


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""
