"""Negative controls: each guard of the hand-over is taken away, and a story written out shows what goes wrong then.

A guard whose removal nothing notices guards nothing. The same stories hold with the guard in place.
"""

from contextlib import suppress

import pytest

from tongxin.heart.cases import handover
from tongxin.heart.cases.tests.line_between import CENTRES, World

A, B, _C = CENTRES


def two_clerks_of_the_receiver() -> list[str]:
    """One clerk returns the offer; the colleague, whose page is older, takes it over."""
    world = World()
    world.command("offer", A, to=B, id="1")
    world.arrive(world.message("offer"))
    world.command("refuse", B, id="1")
    world.arrive(world.message("refuse"))
    with suppress(handover.NotNow):
        world.command("accept", B, id="1")
    return world.actors()


def an_offer_that_comes_twice() -> list[str]:
    """The line doubles the offer; the second one comes after it was returned, and a clerk takes over what is there."""
    world = World()
    world.command("offer", A, to=B, id="1")
    sent = world.message("offer")
    world.arrive(sent)
    world.command("refuse", B, id="1")
    world.arrive(world.message("refuse"))
    world.arrive(sent)
    with suppress(handover.NotNow):
        world.command("accept", B, id="1")
    return world.actors()


def a_recall_that_overtakes_its_offer() -> list[str]:
    """The line brings the recall before the offer; then the offer comes, and a clerk takes over what is there."""
    world = World(watched=False)
    world.command("offer", A, to=B, id="1")
    sent = world.message("offer")
    world.command("recall", A, id="1")
    world.arrive(world.message("recall"))
    for frame in [f for f in world.frames if f.to_node == "a" and isinstance(f, handover.Message)]:
        world.frames.remove(frame)
        world.arrive(frame)
    world.arrive(sent)
    world.command("accept", B, id="1")
    return world.actors()


GUARDS = {
    "is_open": (two_clerks_of_the_receiver, lambda _made: True, [A]),
    "seen_before": (an_offer_that_comes_twice, lambda _line, _message: False, [A]),
    "gap_before": (a_recall_that_overtakes_its_offer, lambda _line, _message: False, [B]),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_with_the_guard_one_desk_acts(guard):
    story, _gone, actors = GUARDS[guard]
    assert story() == actors


@pytest.mark.parametrize("guard", GUARDS)
def test_without_the_guard_two_desks_act_at_once(guard, monkeypatch):
    story, gone, _actors = GUARDS[guard]
    monkeypatch.setattr(handover, guard, gone)
    assert story() == [A, B]
