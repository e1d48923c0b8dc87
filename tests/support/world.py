"""The region pack with its demo people in the test database, a clock that the test moves, and seats to act from.

Loading the pack takes a second; it is done once a process and put back before each test (`house`). Tests commit
for real, so what they leave behind is taken away again: the database is empty for whoever comes next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.support import snapshots

BEIJING = ZoneInfo("Asia/Shanghai")
LOADED = datetime(2026, 2, 2, 10, 0, tzinfo=BEIJING)  # when the pack was loaded; stories may begin after it
BEGINS = datetime(2026, 3, 11, 10, 0, tzinfo=BEIJING)  # a Wednesday; every office is open
DEMO_PASSWORD = "tongxin-demo"


class MovedClock:
    """Holds the clock for every thread of this process, the server's too; stands in for the clock's own holder."""

    def __init__(self, own: Any, at: datetime) -> None:
        self._own = own  # what one thread holds for itself still rules there
        self.at = at

    def get(self) -> list[datetime] | None:
        return self._own.get() or [self.at.astimezone(ZoneInfo("UTC"))]

    def set(self, cell: Any) -> Any:
        return self._own.set(cell)

    def reset(self, token: Any) -> None:
        self._own.reset(token)

    def move_by(self, **length: float) -> datetime:
        """Move on by `minutes=…`, `hours=…`; recorded time never runs backwards."""
        self.at += timedelta(**length)
        return self.at

    def move_to(self, at: datetime) -> datetime:
        assert at >= self.at, "a clock does not move back"
        self.at = at
        return self.at


@dataclass
class House:
    """The loaded region, its clock, and the ways in."""

    clock: MovedClock

    def person(self, username: str) -> Any:
        from tongxin.heart.region.models import Person

        return Person.objects.get(username=username)

    def seat(self, username: str, post: str = "", desk: str = "") -> Any:
        """The seat of a person: the named post and desk, else the first."""
        from tongxin.heart.region.holdings import seats_of

        held = seats_of(self.person(username))
        wanted = [s for s in held if (not post or s.post.id == post) and (not desk or s.desk.id == desk)]
        assert wanted, (
            f"{username} has no seat {post or '*'}@{desk or '*'}; there are {[s.code for s in held]}"
        )
        return wanted[0]

    def acting(self, username: str, post: str = "", desk: str = "", via: str = "screen") -> Any:
        from tongxin.heart.region.holdings import acting_in

        return acting_in(self.seat(username, post, desk), person=self.person(username), via=via)

    def client(self, username: str = "", post: str = "", desk: str = "", **options: Any) -> Client:
        """A client of the test process, logged in and seated; without a name, nobody."""
        client = Client(**options)
        if username:
            client.force_login(self.person(username))
            session = client.session
            session["seat"] = self.seat(username, post, desk).code
            session.save()
        return client

    def token(self, username: str, post: str = "", desk: str = "") -> str:
        """A fresh office token for the seat of a person."""
        from tongxin.heart.region import tokens
        from tongxin.shared import clock

        _row, secret = tokens.issue(self.seat(username, post, desk), label="tests", at=clock.now())
        return secret

    def begin_with(self, name: str, make: Callable[[], None]) -> None:
        """First of all in a test: what `make` adds to the loaded region; made once a process, put back after that."""
        assert self.clock.at == BEGINS, "a beginning comes first"
        if name in _beginnings:
            snapshots.restore(_beginnings[name])
            return
        make()
        assert self.clock.at == BEGINS, "what is put back has no clock"
        _beginnings[name] = snapshots.take()

    def size(self) -> int:
        """How many entries the ledger has."""
        from tongxin.heart.ledger.models import Entry

        return Entry.objects.count()


_beginnings: dict[str, snapshots.Snapshot] = {}


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The clock of the whole process, held at the beginning of the world until the test moves it."""
    from tongxin.shared import clock

    moved = MovedClock(clock._held, BEGINS)
    monkeypatch.setattr(clock, "_held", moved)
    return moved


_loaded: list[
    tuple[snapshots.Snapshot, snapshots.Snapshot]
] = []  # once a process, in however many conftests it stands


@pytest.fixture(scope="session")
def loaded(django_db_setup: None, django_db_blocker: Any) -> tuple[Any, Any]:
    """The empty database and the loaded one, kept."""
    from django.conf import settings

    if not _loaded:
        with django_db_blocker.unblock():
            empty = snapshots.take()
            _loaded.append((empty, snapshots.kept("loaded", settings.DATA / "map") or _load()))
            snapshots.restore(empty)
    return _loaded[0]


def _load() -> snapshots.Snapshot:
    from django.conf import settings

    from tongxin.shared import clock
    from tongxin.site import pack

    with clock.held_at(LOADED):
        pack.load(settings.REGION_PACK)
    full = snapshots.take()
    snapshots.keep("loaded", full, settings.DATA / "map")
    return full


@pytest.fixture
def house(loaded: tuple[Any, Any], moved_clock: MovedClock, django_db_blocker: Any) -> Iterator[House]:
    """The loaded region for one test, with real commits; empty again afterwards."""
    empty, full = loaded
    with django_db_blocker.unblock():
        snapshots.restore(full)
        yield House(moved_clock)
        snapshots.later(empty)


@pytest.fixture
def seat_in(house: House, live_server: Any) -> Callable[..., Any]:
    """Puts a login into a browser window without its form: `seat_in(page, "wuqing-duty")`."""

    def seat(page: Any, username: str, post: str = "", desk: str = "") -> Any:
        client = house.client(username, post, desk)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return seat
