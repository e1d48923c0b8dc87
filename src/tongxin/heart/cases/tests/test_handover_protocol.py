"""The protocol of hand-over: stories written out, and three desks on a bad line that do as they please."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tongxin.heart.cases import handover
from tongxin.heart.cases.tests.line_between import CASE, CENTRES, Play, World

A, B, C = CENTRES
CENTRE = st.sampled_from(CENTRES)
ANSWERS = ("accept", "accept", "refuse", "recall")
ANSWER = st.sampled_from(ANSWERS)


def offered(world: World, by: str, to: str) -> str:
    """An offer that has arrived."""
    number = world.fresh()
    world.command("offer", by, to=to, id=number)
    world.heal()
    return number


def handed(world: World, by: str, to: str) -> None:
    world.command("accept", to, id=offered(world, by, to))
    world.heal()


def test_an_offer_freezes_and_its_acceptance_moves_the_case():
    world = World()
    number = world.fresh()
    world.command("offer", A, to=B, id=number)
    assert world.actors() == []
    with pytest.raises(handover.NotNow, match="frozen"):
        world.command("offer", A, to=C, id=world.fresh())
    world.heal()
    world.command("accept", B, id=number)
    assert world.actors() == [B]
    world.heal()
    assert {(world.at(d).holder, world.at(d).epoch) for d in (A, B)} == {(B, 1)}


def test_a_refusal_gives_the_case_back_when_it_arrives():
    world = World()
    number = offered(world, A, B)
    world.command("refuse", B, id=number, body={"reason": "not_competent"})
    assert world.actors() == []
    world.heal()
    assert world.actors() == [A]
    assert world.at(A).epoch == 0


def test_a_recall_in_time_is_answered_recalled_and_one_too_late_too_late():
    world = World()
    number = offered(world, A, B)
    world.command("recall", A, id=number)
    assert world.actors() == []  # nobody goes on before the answer
    world.heal()
    assert world.actors() == [A]
    with pytest.raises(handover.NotNow, match="settled"):
        world.command("accept", B, id=number)

    number = offered(world, A, B)
    world.command("recall", A, id=number)
    world.command("accept", B, id=number)  # before the recall arrives
    world.heal()
    assert world.actors() == [B]
    assert ("too_late", number) in world.effects["a"]


def test_a_late_accept_does_not_unseat_who_has_become_holder_since():
    world = World()
    first = offered(world, B if world.at(A).holder == B else A, B)
    world.command("accept", B, id=first)
    world.heal()
    second = offered(world, B, A)
    world.command("accept", A, id=second)
    late = world.message("accept")  # to B, on its way
    third = world.fresh()
    world.command("offer", A, to=C, id=third)
    for frame in [f for f in world.frames if f.to_node == "c"]:
        world.arrive(frame)
    world.frames.clear()
    world.command("accept", C, id=third)
    fourth = world.fresh()
    world.command("offer", C, to=B, id=fourth)
    world.arrive(world.message("offer"))
    assert world.at(B).offers[second].state == handover.STALE  # a higher epoch has come first
    world.command("accept", B, id=fourth)
    assert world.actors() == [B]
    world.arrive(late)
    world.heal()
    assert world.actors() == [B]
    assert world.at(B).epoch == 4


def test_the_same_message_again_has_the_same_answer_and_no_effect():
    world = World()
    number = world.fresh()
    world.command("offer", A, to=B, id=number)
    sent = world.message("offer")
    world.arrive(sent)
    world.command("recall", A, id=number)
    asked = world.message("recall")
    world.arrive(asked)
    answer = world.message("recalled")
    told = list(world.effects["b"])
    world.arrive(asked)
    assert world.message("recalled") == answer
    assert world.effects["b"] == told


def test_what_comes_before_its_turn_is_asked_for_again():
    world = World()
    number = world.fresh()
    world.command("offer", A, to=B, id=number)
    first = world.message("offer")
    world.command("recall", A, id=number)
    second = world.message("recall")
    world.arrive(second)
    assert world.frames == [handover.Ack("b", "a", 0, again=True)]
    world.arrive(world.frames.pop())
    assert world.frames == [first, second]
    world.heal()
    assert world.actors() == [A]


def test_another_message_with_a_number_that_is_taken_is_left_out():
    world = World()
    number = world.fresh()
    world.command("offer", A, to=B, id=number)
    sent = world.message("offer")
    world.arrive(sent)
    forged = handover.Draft("recall", A, B, 0, number, {"offer": number})
    world.arrive(handover.Message("other", "a", "b", sent.seq, CASE, forged))
    assert world.at(B).offers[number].state == handover.OFFERED


def test_a_holder_is_named_past_a_silent_partner_whose_late_acts_are_contested():
    world = World()
    number = offered(world, A, C)
    world.command("accept", C, id=number)
    act = world.fresh()
    world.command("tell", C, to=A, id=act)
    silent, world.frames = world.frames, []
    proposal = world.fresh()
    world.command("propose", "a/office", to="b/office", holder=A, id=proposal)
    world.arrive(world.message("propose"))
    world.command("agree", "b/office", id=proposal, tell_desks=[A, C])
    to_a = next(f for f in world.frames if f.to_node == "a" and getattr(f, "said", None))
    world.arrive(to_a)
    assert (world.at(A).holder, world.at(A).epoch) == (A, 2)
    assert handover.may_act(world.at(A), A)
    world.frames += silent
    world.heal()
    assert world.actors() == [A]
    assert act in world.at(A).contested & world.at(C).contested
    assert number in world.at(A).contested & world.at(C).contested  # the late acceptance, by its offer
    assert world.at(A).offers[number].state == handover.STALE
    for node in "ac":
        assert world.effects[node].count(("contested", act)) == 1


def test_an_offer_under_an_older_epoch_is_answered_stale_and_thaws_nobody_but_its_sender():
    world = World()
    proposal = world.fresh()
    world.command("propose", "b/office", to="c/office", holder=C, id=proposal)
    world.arrive(world.message("propose"))
    world.command("agree", "c/office", id=proposal, tell_desks=[B])
    world.heal()
    number = world.fresh()
    world.command("offer", A, to=B, id=number)  # A has not heard of it
    world.heal()
    assert world.actors() == [C]
    assert world.at(A).holder == C
    assert number in world.at(A).contested & world.at(B).contested
    with pytest.raises(handover.NotNow):
        world.command("accept", B, id=number)


def test_the_fourth_answered_hand_over_opens_a_dispute_that_only_the_offices_end():
    world = World()
    handed(world, A, B)
    handed(world, B, A)
    world.command("refuse", B, id=offered(world, A, B))
    world.heal()
    handed(world, A, B)
    assert world.at(A).disputed
    assert world.at(B).disputed
    assert [name for name, _about in world.effects["b"]].count("disputed") == 1
    assert world.actors() == [B]  # the holder may still act
    with pytest.raises(handover.NotNow, match="disputed"):
        world.command("offer", B, to=A, id=world.fresh())
    proposal = world.fresh()
    world.command("propose", "a/office", to="b/office", holder=A, id=proposal)
    world.heal()
    world.command("agree", "b/office", id=proposal, tell_desks=[A])
    world.heal()
    assert world.actors() == [A]
    assert world.at(A).epoch == 5
    assert not world.at(A).disputed


def test_of_two_proposals_that_cross_one_counts():
    world = World()
    one, two = world.fresh(), world.fresh()
    world.command("propose", "a/office", to="b/office", holder=A, id=one)
    world.command("propose", "b/office", to="a/office", holder=B, id=two)
    with pytest.raises(handover.NotNow):
        world.command("agree", "b/office", id=one, tell_desks=[])
    world.heal()
    assert world.at(A).proposal == world.at(B).proposal
    assert world.at(A).proposal.id == one
    world.command("refuse", "b/office", id=one)
    world.heal()
    assert world.at(A).proposal is world.at(B).proposal is None


def test_a_desk_hands_over_only_what_it_holds_and_never_to_itself():
    world = World()
    for by, to, code in ((B, C, "not_holder"), (A, A, "own_desk")):
        with pytest.raises(handover.NotNow, match=code):
            world.command("offer", by, to=to, id=world.fresh())
    number = offered(world, A, B)
    for name, by in (("accept", C), ("refuse", C), ("recall", B)):
        with pytest.raises(handover.NotNow, match="no_offer"):
            world.command(name, by, id=number)


class BadLine(RuleBasedStateMachine):
    """Any order of commands and deliveries; what fails is made as short as it can be."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()

    @rule(to=CENTRE)
    def offer(self, to):
        self.play.offer(to)

    @rule(by=CENTRE, answer=ANSWER, n=st.integers(0, 3))
    def settle(self, by, answer, n):
        self.play.settle(by, answer, n)

    @rule(to=CENTRE)
    def act(self, to):
        self.play.act(to)

    @rule(by=CENTRE, to=CENTRE, holder=CENTRE)
    def propose(self, by, to, holder):
        self.play.propose(by, to, holder)

    @rule(by=CENTRE, yes=st.booleans())
    def answer_proposal(self, by, yes):
        self.play.answer_proposal(by, yes)

    @rule(who=st.sampled_from(["", "a", "b", "c"]))
    def fall_silent(self, who):
        self.play.silent = who

    @precondition(lambda self: self.play.world.frames)
    @rule(n=st.integers(0, 30), fate=st.integers(0, 9))
    def deliver(self, n, fate):
        self.play.deliver(n, fate)

    @rule()
    def send_again(self):
        self.play.send_again()

    @invariant()
    def always(self):
        self.play.check()

    def teardown(self):
        self.play.end()


TestBadLine = BadLine.TestCase
TestBadLine.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)

WEIGHTS = {
    "deliver": 60,
    "send_again": 6,
    "offer": 8,
    "settle": 20,
    "act": 6,
    "propose": 1,
    "answer_proposal": 3,
    "silence": 1,
}


def played(seed: int, steps: int) -> Play:
    """A long day on a bad line, by the dice."""
    dice, play = Random(seed), Play()
    for name in dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=steps):
        one, two, three = (dice.choice(CENTRES) for _ in range(3))
        match name:
            case "deliver":
                play.deliver(dice.randrange(30), dice.randrange(10))
            case "send_again":
                play.send_again()
            case "offer":
                play.offer(one)
            case "settle":
                play.settle(one, dice.choice(ANSWERS), dice.choice((0, 0, 0, 1, 2)))
            case "act":
                play.act(one)
            case "propose":
                play.propose(one, two, three)
            case "answer_proposal":
                play.answer_proposal(one, dice.random() < 0.7)
            case "silence":
                play.silent = dice.choice(("", "", "a", "b", "c"))
        play.check()
    play.end()
    return play


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_long_day_on_a_bad_line(seed):
    played(seed, 600)


def test_the_days_are_eventful():
    """The long days reach what they are for: late acts past a named holder, recalls too late, many hand-overs."""
    plays = [played(seed, 400) for seed in range(40)]
    seen = Counter(
        name for play in plays for effects in play.world.effects.values() for name, _about in effects
    )
    assert {
        "taken_over",
        "returned",
        "recalled",
        "too_late",
        "contested",
        "disputed",
        "declined",
        "reassigned",
    } <= set(seen)
    assert any(play.world.superseded for play in plays)
    assert max(play.world.at(desk).epoch for play in plays for desk in CENTRES) >= 6
