"""The night of the worked example, for the stories that begin with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worked_example import instruments


@pytest.fixture
def night(house: Any) -> Any:
    """20:00: agreement A and version 3 of B are in force."""
    from tests.worked_example.test_spill import Night, at  # once pytest has read it

    house.clock.at = at("20:00")
    instruments.enter(instruments.agreement_a(), instruments.agreement_b(3, "PT30M", "2024-01-01"))
    return Night(house)
