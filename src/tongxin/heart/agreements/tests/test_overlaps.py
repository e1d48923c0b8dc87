"""Overlaps that a check can see: which of two clauses is stricter, which exclude each other, which never meet."""

import pytest
from django.utils import translation

from tongxin.heart.agreements.known import Standing
from tongxin.heart.agreements.language import Notify
from tongxin.heart.agreements.overlaps import overlaps
from tongxin.heart.agreements.tests.test_reader import KNOWN

WORDS = {
    "kind": "notify",
    "title": {"zh": "某", "en": "some"},
    "text": {"zh": "某", "en": "some"},
    "when": {"event": "ecology.water_incident"},
    "from": {"role": "ecology_bureau", "of": "place"},
    "to": {"role": "ecology_bureau", "of": "downstream"},
    "due": {"within": "PT1H"},
    "must_carry": ["location"],
}


def clause(key: str, *parties: str, file: str = "", **words) -> Standing:
    body = WORDS | {"id": key.partition("/")[2]} | words
    return Standing(key, parties or ("upper-vale", "lower-vale"), Notify.model_validate(body), file)


def found(*clauses: Standing) -> list[str]:
    with translation.override("en"):
        return [str(each) for each in overlaps(clauses, [], KNOWN)]


def test_the_stricter_of_two_is_told():
    one, other = clause("a/tell"), clause("b/tell", due={"within": "PT30M"})
    assert found(one, other) == [
        "b/tell waits for ecology.water_incident between the same desks; stricter is b/tell (30 minutes before 1 hour)"
    ]


def test_two_on_other_clocks_are_not_compared():
    one, other = clause("a/tell"), clause("b/tell", due={"within": "PT1H", "clock": "hours"})
    assert found(one, other) == [
        "b/tell waits for ecology.water_incident between the same desks; neither yields"
    ]


def test_demands_that_exclude_each_other_are_told_with_what_to_write():
    one, other = clause("a/tell", only_after="ecology.forecast"), clause("b/tell")
    assert "a/tell must wait until ecology.forecast is known: both cannot be kept" in found(one, other)[0]
    yielding = clause("a/tell", only_after="ecology.forecast", yields_to=["b/tell"])
    assert found(yielding, other) == []


@pytest.mark.parametrize(
    "words",
    [
        {"when": {"event": "ecology.forecast"}},
        {"from": {"role": "service_centre", "of": "place"}},
        {"to": {"role": "service_centre", "of": "downstream"}},
        {"to": {"role": "ecology_bureau", "of": "superior"}},
        {"when": {"event": "ecology.water_incident", "where": {"level": ["III"]}}},
        {"yields_to": ["a/tell"]},
    ],
)
def test_clauses_that_never_meet_are_left_alone(words):
    first = clause("a/tell", when={"event": "ecology.water_incident", "where": {"level": ["I", "II"]}})
    assert found(first, clause("b/tell", **words)) == []


def test_ranges_that_touch_meet():
    def of(low, high):
        return {"event": "ecology.water_incident", "where": {"tonnes": {"min": low, "max": high}}}

    assert found(clause("a/tell", when=of(0, 5)), clause("b/tell", when=of(5, 9)))
    assert not found(clause("a/tell", when=of(0, 5)), clause("b/tell", when=of(6, 9)))


def test_one_party_in_common_is_not_enough():
    assert (
        found(clause("a/tell", "upper-vale", "lower-vale"), clause("b/tell", "upper-vale", "far-vale")) == []
    )
    assert found(clause("a/tell", "vales"), clause("b/tell", "upper-vale", "lower-vale"))


def test_two_versions_of_one_instrument_do_not_overlap():
    assert found(clause("a/tell", file="a-1.yaml"), clause("a/say", file="a-2.yaml")) == []
    assert found(clause("a/tell", file="a-1.yaml"), clause("a/say", file="a-1.yaml"))
