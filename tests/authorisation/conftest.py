"""One scene for all cells; each cell is tried in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import transaction

from tests.authorisation.scene import Scene, built
from tests.support import snapshots
from tests.support.world import BEGINS, House, MovedClock


@pytest.fixture(scope="module")
def scene(loaded: tuple[Any, Any], django_db_blocker: Any) -> Iterator[Scene]:
    from tongxin.shared import clock

    empty, full = loaded
    moved = MovedClock(clock._held, BEGINS)
    patch = pytest.MonkeyPatch()
    patch.setattr(clock, "_held", moved)
    with django_db_blocker.unblock():
        snapshots.restore(full)
        yield built(House(moved))
        snapshots.later(empty)
    patch.undo()


@pytest.fixture
def cell() -> Callable[[], AbstractContextManager[None]]:
    """A transaction that ends as if nothing had been; commands inside may open theirs as always."""

    @contextmanager
    def tried() -> Iterator[None]:
        outer = transaction.atomic()
        outer._from_testcase = True
        with outer:
            yield
            transaction.set_rollback(True)

    return tried
