"""Properties of matching: pure, total, and the same whatever the order of clauses."""

import copy
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tongxin.heart.agreements.language import Notify, Within
from tongxin.heart.agreements.match import Binding, Scene, Words, match
from tongxin.heart.agreements.scene import start_of
from tongxin.heart.agreements.vocabulary import Answer, Fact

NOW = datetime(2026, 3, 9, 14, 40, tzinfo=UTC)
PLACES = ["a", "a-x", "b", "c", "d"]
REASONS = {"bound", "other_event", "condition_fails", "place_is_no_party", "nobody_to_tell", "no_event"}
BOTH = {"zh": "字", "en": "word"}


def party_of(place, parties):
    return next((p for p in (place, place.rpartition("-")[0]) if p in parties), None)


@st.composite
def bindings(draw):
    names = draw(st.lists(st.sampled_from("klmnop"), unique=True, max_size=6))
    return [
        Binding(
            clause_id=f"{name}@1/tell",
            clause_key=f"{name}/tell",
            parties=tuple(draw(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, unique=True))),
            clause=Notify.model_validate(
                {
                    "id": "tell",
                    "kind": "notify",
                    "title": BOTH,
                    "text": BOTH,
                    "when": {
                        "event": draw(st.sampled_from(["spill", "fire"])),
                        "reach": draw(st.sampled_from([None, "far"])),
                    },
                    "from": {"role": "bureau", "of": "place"},
                    "to": {"role": "bureau", "of": "downstream"},
                    "due": {
                        "within": draw(st.sampled_from(["PT30M", "PT1H"])),
                        "starts": draw(st.sampled_from(["occurred", "known", "recorded"])),
                    },
                    "must_carry": ["location"],
                    "receipt": {"within": "PT30M"},
                }
            ),
        )
        for name in names
    ]


facts = st.builds(
    Fact,
    id=st.just("e"),
    type=st.sampled_from(["spill", "fire", "flood"]),
    place=st.sampled_from(PLACES),
    data=st.fixed_dictionaries({"far": st.booleans()}),
    by_desk=st.just("a/bureau"),
    known_at=st.just(NOW),
    recorded_at=st.just(NOW + timedelta(minutes=7)),
    occurred_at=st.sampled_from([None, NOW - timedelta(minutes=9)]),
)
reached = st.lists(st.sampled_from(PLACES), unique=True)


class Places:
    """A world where a place belongs to the party that its name begins with."""

    def party_of(self, place, parties):
        return party_of(place, parties)

    def members(self, parties):
        return list(parties)


def run(fact, book, places):
    words = Words(
        questions={"downstream": lambda _fact, _params: [Answer(p, 1.0) for p in places]},
        conditions={"far": lambda fact: fact.data["far"]},
    )
    found = match(Scene((fact,)), book, places=Places(), words=words)
    return list(found.wanted), list(found.considered)


@given(facts, bindings(), reached)
def test_matching_leaves_what_it_is_given_as_it_was_and_answers_the_same_again(fact, book, places):
    before = copy.deepcopy((fact, book, places))
    assert run(fact, book, places) == run(fact, book, places)
    assert (fact, book, places) == before


@given(facts, bindings(), reached, st.randoms(use_true_random=False))
def test_the_order_of_clauses_does_not_matter(fact, book, places, chance):
    shuffled = list(book)
    chance.shuffle(shuffled)
    wanted, seen = run(fact, book, places)
    wanted_again, seen_again = run(fact, shuffled, places)
    assert sorted(wanted, key=str) == sorted(wanted_again, key=str)
    assert sorted(seen, key=str) == sorted(seen_again, key=str)


@given(facts, bindings(), reached)
def test_every_clause_is_answered_once_with_a_reason_and_only_bound_ones_want(fact, book, places):
    wanted, seen = run(fact, book, places)
    assert [s.clause_id for s in seen] == [b.clause_id for b in book]
    assert {s.reason for s in seen} <= REASONS
    assert {w.clause_id for w in wanted} == {s.clause_id for s in seen if s.bound}


@given(facts, bindings(), reached)
def test_nobody_owes_itself_and_only_parties_owe(fact, book, places):
    parties = {b.clause_id: b.parties for b in book}
    wanted, _seen = run(fact, book, places)
    for want in wanted:
        bound, owed = want.bound_desk.split("/")[0], want.owed_desk.split("/")[0]
        assert bound != owed
        assert {bound, owed} <= set(parties[want.clause_id])
    keys = [(w.clause_key, w.bound_desk, w.owed_desk) for w in wanted]
    assert len(keys) == len(set(keys))


@given(facts, st.sampled_from(["occurred", "known", "recorded"]))
def test_the_clock_starts_where_the_clause_says(fact, starts):
    start = {"occurred": fact.occurred_at, "known": fact.known_at, "recorded": fact.recorded_at}
    assert start_of(fact, starts) == (start[starts] or fact.known_at)


def test_a_limit_reads_back_as_it_was_written():
    due = Within.model_validate({"within": "PT1H30M"})
    assert due.within == timedelta(minutes=90)
    assert due.model_dump(mode="json")["within"] == "PT1H30M"
