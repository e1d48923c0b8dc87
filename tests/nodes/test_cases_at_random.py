"""A case between three nodes, whatever they do and whatever becomes of the line: two desks never act at once.

The product's own code, each node with its database: offers, answers, late answers, recalls, decisions, a holder named by
both coordination offices while a partner is silent. Each fifth delivery loses its answer and is sent again; lines are
cut and mended. When all is mended, all agree who holds the case. TONGXIN_SOAK_STORIES says how many stories are played.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.nodes.test_cases_cross import APPLICATION, at, by, three
from tests.support.several_nodes import Nodes
from tongxin.heart.cases import actions
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger import verify
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Post
from tongxin.shared.errors import Refused

__all__ = ["at", "three"]
pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]
PLACES = {"wuqing": "tj-wuqing", "tongzhou": "bj-tongzhou", "langfang": "he-langfang"}
NAMES = st.sampled_from(sorted(PLACES))
LOST = 0.2
STORIES = int(os.environ.get("TONGXIN_SOAK_STORIES", "60"))


def desk(name: str) -> str:
    return f"{PLACES[name]}/service_centre"


def coordinator(name: str) -> Acting:
    post = Post.objects.get(id=f"{PLACES[name]}-coordination/coordinator")
    return Acting(post.id, f"{PLACES[name]}/coordination_office", PLACES[name], frozenset(post.capabilities))


class World:
    """The nodes, the clock, and how many stories there were; a story is one case."""

    def __init__(self, nodes: Nodes, later: Callable[[], None]) -> None:
        self.nodes, self.later, self.stories = nodes, later, 0
        self.happened: set[str] = set()


def stories(world: World) -> type[RuleBasedStateMachine]:
    class Story(RuleBasedStateMachine):
        @initialize(seed=st.integers(0, 2**32))
        def begin(self, seed: int) -> None:
            world.stories += 1
            self.nodes, self.dice, self.acts = world.nodes, random.Random(seed), 0
            self.nodes.cut.clear()
            self.nodes.lose = lambda *_way: self.dice.random() < LOST
            with self.nodes.at("wuqing"):
                clerk = by("tj-wuqing")
                made = actions.file_case(by=clerk, key=self.key(), **APPLICATION)
                self.number = str(made["case"])
                actions.accept_case(by=clerk, key=self.key(), number=self.number)

        def key(self) -> str:
            self.acts += 1
            return f"story-{world.stories}-{self.acts}"

        def try_to(self, name: str, what: str, command: Callable[[], Any]) -> None:
            """Do it at a node; what may not be done now is refused, and changes nothing."""
            world.later()
            with self.nodes.at(name):
                try:
                    command()
                except Refused as refused:
                    world.happened.add(f"{what}: {refused.code}")
                else:
                    world.happened.add(what)

        def row(self) -> Case | None:
            return Case.objects.filter(number=self.number).first()

        def offers(self, **having: Any) -> list[Offer]:
            return list(Offer.objects.filter(case_id=self.number, **having).order_by("offered_at"))

        @rule(name=NAMES, to=NAMES)
        def offer(self, name: str, to: str) -> None:
            def do() -> None:
                row = self.row()
                if row is not None:
                    actions.offer(
                        by=by(PLACES[name]),
                        key=self.key(),
                        number=self.number,
                        to_desk=desk(to),
                        epoch=row.epoch,
                    )

            self.try_to(name, "offer", do)

        @rule(name=NAMES, how=st.sampled_from(["take over", "return", "take over"]), settled=st.booleans())
        def answer(self, name: str, how: str, settled: bool) -> None:
            """The newest offer that this desk sees, also where it is settled already: that is a late answer."""

            def do() -> None:
                state = {} if settled else {"state": Offer.State.OFFERED}
                for made in self.offers(to_desk_id=desk(name), **state)[-1:]:
                    told = {"by": by(PLACES[name]), "key": self.key(), "offer_id": str(made.id)}
                    if how == "return":
                        actions.return_over(reason="not_competent", **told)
                    else:
                        actions.take_over(**told)

            self.try_to(name, how, do)

        @rule(name=NAMES)
        def recall(self, name: str) -> None:
            def do() -> None:
                for made in self.offers(from_desk_id=desk(name))[-1:]:
                    actions.recall(by=by(PLACES[name]), key=self.key(), offer_id=str(made.id))

            self.try_to(name, "recall", do)

        @rule(name=NAMES, holder=NAMES)
        def name_holder(self, name: str, holder: str) -> None:
            def do() -> None:
                for row in Dispute.objects.filter(case_id=self.number, state=Dispute.State.OPEN):
                    actions.name_holder(
                        by=coordinator(name),
                        key=self.key(),
                        dispute=row.pk,
                        holder=desk(holder),
                        reason="示例",
                    )

            self.try_to(name, "name holder", do)

        @rule(name=NAMES, other=NAMES)
        def cut(self, name: str, other: str) -> None:
            if name != other:
                self.nodes.cut |= {(name, other), (other, name)}

        @rule()
        def mend(self) -> None:
            self.nodes.cut.clear()

        @rule()
        def carry(self) -> None:
            self.nodes.carry(rounds=2)

        @rule(times=st.integers(1, 2))
        def nobody_is_competent(self, times: int) -> None:
            """The same offer is made and returned again and again: what brings it before the coordination offices."""
            for _each in range(times):
                self.offer("wuqing", "tongzhou")
                self.nodes.carry(rounds=2)
                self.answer("tongzhou", "return", False)
                self.nodes.carry(rounds=2)

        @invariant()
        def one_desk_acts(self) -> None:
            acting, named = self.acting()
            epochs = [epoch for _name, epoch in acting]
            assert len(set(epochs)) == len(epochs), f"two desks act at one epoch: {acting}"
            assert named or len(acting) <= 1, f"two desks act: {acting}"

        def acting(self) -> tuple[list[tuple[str, int]], bool]:
            """Who thinks that it may act, under which epoch; and whether a holder was ever named by the offices."""
            found, named = [], False
            for name in PLACES:
                with self.nodes.at(name):
                    row = self.row()
                    named |= Message.objects.filter(thread=f"case:{self.number}", kind="reassign").exists()
                    if row is not None and row.holder_id == desk(name) and row.frozen_by_id is None:
                        found.append((name, row.epoch))
            return found, named

        def teardown(self) -> None:
            if not hasattr(self, "number"):
                return
            self.nodes.cut.clear()
            self.nodes.lose = lambda *_way: False
            for _each in range(3):
                world.later()
                self.nodes.carry(rounds=12)
            stand = {}
            for name in PLACES:
                with self.nodes.at(name):
                    row = self.row()
                    if row is not None:
                        stand[name] = (row.holder_id, row.epoch)
            holder, epoch = max(stand.values(), key=lambda each: each[1])
            home = next(name for name in PLACES if desk(name) == holder)
            assert stand[home] == (holder, epoch), f"its holder does not know it: {stand}"
            assert stand["wuqing"] == (holder, epoch), (
                f"where it was accepted another holder is shown: {stand}"
            )
            acting, _named = self.acting()
            assert len(acting) <= 1, f"healed, and two desks act: {acting}"

    return Story


def play(three: Nodes, moved_clock: Any, *, examples: int, steps: int) -> World:
    world = World(three, lambda: moved_clock.move_by(minutes=5))
    kept = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=examples < 10,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(stories(world), settings=kept)
    for name in PLACES:
        with three.at(name):
            assert verify.verify_log().holds
    return world


def test_two_desks_never_act_at_once(three, moved_clock):
    assert "offer" in play(three, moved_clock, examples=2, steps=12).happened


@pytest.mark.soak
def test_two_desks_never_act_at_once_in_many_stories(three, moved_clock):
    world = play(three, moved_clock, examples=STORIES, steps=40)
    print(f"\n{world.stories} stories: {', '.join(sorted(world.happened))}")
    assert {"offer", "take over", "return", "recall", "name holder"} <= world.happened
