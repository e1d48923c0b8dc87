"""A loaded region for the tests of this room."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tongxin.heart.region.tests.places import JINGJINJI, TWINVALE

if TYPE_CHECKING:
    from tongxin.heart.region.actions import Loaded


def _load(root: Path, data: Path) -> "Loaded":
    from tongxin.heart.region import actions  # a conftest is read before Django is set up

    return actions.load_region(root, data=data)


@pytest.fixture
def jingjinji_loaded(db: None, tmp_path: Path) -> "Loaded":
    return _load(JINGJINJI, tmp_path)


@pytest.fixture
def twinvale_loaded(db: None, tmp_path: Path) -> "Loaded":
    return _load(TWINVALE, tmp_path)
