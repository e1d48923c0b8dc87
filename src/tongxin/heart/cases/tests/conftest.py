"""The region, its procedures and its agreements, and posts that act, for the stories of cases."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import snapshots
from tests.support.applications import APPLICATION
from tests.support.world import loaded
from tongxin.shared import clock

if TYPE_CHECKING:
    from tongxin.heart.region.acting import Acting

__all__ = ["APPLICATION", "loaded"]

PACK = Path(__file__).resolve().parents[5] / "regions" / "jingjinji"
THURSDAY = datetime(2026, 2, 12, 15, 0, tzinfo=clock.BEIJING)  # before the Spring Festival


@pytest.fixture
def hand() -> Iterator[clock.Hand]:
    """The clock stands at Thursday 12 February 2026, 15:00 in Beijing, until it is moved."""
    with clock.held_at(THURSDAY) as moving:
        yield moving


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""


@pytest.fixture
def house(loaded: tuple[Any, Any], hand: clock.Hand, django_db_blocker: Any) -> Iterator[clock.Hand]:
    """The loaded region; gives the hand of the clock."""
    empty, full = loaded
    with django_db_blocker.unblock():
        snapshots.restore(full)
        yield hand
        snapshots.later(empty)


@pytest.fixture
def at() -> Callable[..., "Acting"]:
    """`at("tj-wuqing", "window_clerk")`: a post of the service centre there, or of another office, that acts."""

    def act(place: str, role: str, *, office: str = "services", desk: str = "service_centre") -> "Acting":
        from tongxin.heart.region.acting import Acting
        from tongxin.heart.region.models import Post

        post = Post.objects.get(id=f"{place}-{office}/{role}")
        return Acting(
            post=post.id,
            desk=f"{place}/{desk}",
            jurisdiction=place,
            capabilities=frozenset(post.capabilities),
        )

    return act


@pytest.fixture
def clerk(house: clock.Hand, at: Callable[[str, str], "Acting"], tmp_path: Path, settings: Any) -> "Acting":
    """A window clerk of Wuqing; what is taken in lies in a folder of the test's own."""
    settings.DATA = tmp_path
    return at("tj-wuqing", "window_clerk")


@pytest.fixture
def taker(clerk: "Acting", at: Callable[[str, str], "Acting"]) -> "Acting":
    """A window clerk of Tongzhou."""
    return at("bj-tongzhou", "window_clerk")
