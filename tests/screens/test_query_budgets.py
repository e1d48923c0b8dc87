"""Every main screen asks no more than its budget of queries, and no more of them in a large house than in a small one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bench import _copies, _screens
from tests.authorisation.conftest import scene

__all__ = ["scene"]
SMALL, LARGE = 600, 600  # duties, and so many more: what is asked once a row is asked much oftener then
MORE = 4  # what a page asks besides when it does not show everything: totals, done today


def _asked(
    readers: _screens.Readers, screen: _screens.Screen, address: str, *, first: bool = False
) -> list[str]:
    ask = readers.look(screen, address)
    if first:
        ask()  # what a process learns once, it knows
    return _screens.queries(ask)


def _grown(before: list[str], after: list[str]) -> str:
    """What is asked more often than before, for the message."""
    more = Counter(_shape(sql) for sql in after) - Counter(_shape(sql) for sql in before)
    return "\n".join(f"{n} × {sql}" for sql, n in more.most_common(5))


def _shape(sql: str) -> str:
    head, where, rest = sql.partition(" WHERE ")
    return f"{head.partition(' FROM ')[2][:160]}{where}{rest[:120]}"


@pytest.mark.once(
    "the same statements go to both databases; only their plans differ, and bench/screens.py times those"
)
def test_no_screen_asks_more_in_a_large_house_and_none_more_than_its_budget(scene, settings):
    settings.DEMO = True  # counts and scores are on every page
    listed = _screens.screens()
    readers, until = _screens.Readers(), scene.house.clock.at
    since = until - timedelta(hours=12)
    _copies.multiply(
        _copies.Size(duties=SMALL, instruments=1, rings=20, open=0.5), since=since, until=until, seed=2
    )
    addresses = {screen: _screens.address(screen) for screen in listed}
    small = {screen: _asked(readers, screen, addresses[screen], first=True) for screen in listed}
    _copies.multiply(
        _copies.Size(duties=LARGE, instruments=4, rings=100, open=0.5), since=since, until=until, seed=3
    )
    large = {screen: _asked(readers, screen, addresses[screen]) for screen in listed}
    wrong: list[str] = []
    for screen in listed:
        name = f"{screen.name} for {screen.reader or 'anybody'}"
        if len(large[screen]) > len(small[screen]) + MORE:
            grown = _grown(small[screen], large[screen])
            wrong.append(f"{name}: {len(small[screen])} → {len(large[screen])} queries\n{grown}")
        if len(large[screen]) > screen.budget:
            wrong.append(f"{name}: {len(large[screen])} queries, its budget is {screen.budget}")
    assert not wrong, "\n".join(wrong)


def test_a_budget_is_a_number_worth_keeping():
    listed = _screens.screens()
    assert [s for s in listed if not 0 < s.budget <= 100] == []
    assert [s for s in listed if not s.address.startswith("/")] == []
