"""What lives as long as the process is loaded before the first page and is not walked through again."""

from __future__ import annotations

import gc

import pytest

from tongxin.site import memory


@pytest.fixture(autouse=True)
def _as_before():
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_every_template_of_the_house_compiles_and_what_is_loaded_is_frozen():
    compiled = memory.settle()
    assert compiled > 100
    assert gc.get_freeze_count() > 50_000


def test_what_a_page_makes_is_still_collected():
    class Made:
        alive = 0

        def __init__(self):
            Made.alive += 1
            self.itself = self

        def __del__(self):
            Made.alive -= 1

    memory.settle()
    for _n in range(10):
        Made()
    gc.collect()
    assert Made.alive == 0
