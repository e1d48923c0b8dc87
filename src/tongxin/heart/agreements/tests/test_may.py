"""One question, every basis: what a part, a clause, a grade, a bar and time make of it. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.language import Bar, Spoken
from tongxin.heart.agreements.match import Barring
from tongxin.heart.agreements.may import Ground, Rules, Stop, Subject, may
from tongxin.heart.agreements.permits import Permit
from tongxin.shared.named import Both

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
OWN, OTHER, THIRD = "tj-wuqing/service_centre", "bj-tongzhou/service_centre", "he-langfang/service_centre"
WORDS = Spoken(role="service_centre", of="each_party")


class Flat:
    """Places without any above them."""

    def party_of(self, jurisdiction, parties):
        return jurisdiction if jurisdiction in parties else None

    def members(self, parties):
        return list(parties)


def rules(*, permits=None, bars=()):
    return Rules(7, NOW + timedelta(days=1), permits or {}, bars, Flat())


def bar(*fields, to="anyone", of="each_party"):
    text = Both(zh="不出境", en="kept")
    parties = ("tj-wuqing", "bj-tongzhou", "he-langfang")
    return Barring("list@1/kept", parties, Bar(id="kept", text=text, fields=fields, of=of, to=to))


def subject(*grounds, grades=None, stops=(), purposes=None):
    return Subject("case:W-1", OWN, tuple(grounds), grades or {}, tuple(stops), purposes or {})


def asked(rule, desk, about, name="", purpose="", action=core.SEE, now=NOW):
    return may(rule, desk, action, about, name, purpose, now=now)


def test_no_basis_means_no():
    answer = asked(rules(), OTHER, subject(Ground(core.OWN, "accepting", OWN)), "contact")
    assert (answer.yes, answer.why_not, answer.basis, answer.rules) == (False, "no_basis", "", 7)


def test_the_answer_names_its_basis_its_end_and_the_number_of_the_rules():
    until = NOW + timedelta(hours=1)
    held = subject(Ground(core.CASE, "holder", OTHER, clause="one-window@1/handle", until=until))
    answer = asked(rules(), OTHER, held, "contact")
    assert (answer.yes, answer.basis, answer.part, answer.clause) == (
        True,
        "case",
        "holder",
        "one-window@1/handle",
    )
    assert (answer.until, answer.rules, answer.grade) == (until, 7, "personal")
    late = asked(rules(), OTHER, held, "contact", now=until)
    assert (late.yes, late.why_not) == (False, "over")


def test_a_bar_beats_a_part_and_a_clause_but_not_the_own_record():
    case = subject(Ground(core.OWN, "accepting", OWN), Ground(core.CASE, "holder", OTHER))
    kept = rules(bars=[bar("contact")])
    assert asked(kept, OWN, case, "contact").yes
    answer = asked(kept, OTHER, case, "contact")
    assert (answer.yes, answer.why_not, answer.bar) == (False, "barred", "list@1/kept")
    assert asked(kept, OTHER, case, "premises").yes
    assert asked(rules(bars=[bar("contact", to="he-langfang")]), OTHER, case, "contact").yes


def test_a_law_is_not_kept_back_by_a_bar():
    assert asked(rules(bars=[bar("contact")]), OTHER, subject(Ground(core.LAW, "law", OTHER)), "contact").yes


def test_inside_one_jurisdiction_nothing_crosses():
    case = subject(Ground(core.CASE, "holder", "tj-wuqing/ecology_bureau"))
    assert asked(rules(bars=[bar("contact")]), "tj-wuqing/ecology_bureau", case, "contact").yes


def share(*fields, purpose="to examine", until=None, withheld=()):
    said = Both(zh="审查", en=purpose)
    permit = Permit(
        "x@1/share", "see", OTHER, OWN, WORDS, WORDS, what=fields, purpose=said, withheld=withheld
    )
    return {(OTHER, OWN): ((permit, until),)}


def test_a_standing_clause_opens_its_fields_for_its_purpose_while_it_stands():
    case = subject(Ground(core.OWN, "accepting", OWN))
    stands = rules(permits=share("premises", until=NOW + timedelta(hours=2)))
    answer = asked(stands, OTHER, case, "premises", "to examine")
    assert (answer.yes, answer.basis, answer.clause) == (True, "clause", "x@1/share")
    assert asked(stands, OTHER, case, "premises", "审查").yes
    assert not asked(stands, OTHER, case, "premises", "to advertise").yes
    assert not asked(stands, OTHER, case, "contact").yes
    assert not asked(stands, THIRD, case, "premises").yes
    assert not asked(stands, OTHER, case, "premises", now=NOW + timedelta(hours=2)).yes


def test_a_field_that_a_clause_lists_and_a_bar_keeps_says_so():
    stands = rules(permits=share(withheld=(("contact", "list@1/kept"),)))
    answer = asked(stands, OTHER, subject(), "contact")
    assert (answer.yes, answer.why_not, answer.bar) == (False, "barred", "list@1/kept")


def test_grades_open_to_the_parts_they_are_for():
    case = subject(
        Ground(core.CASE, "offered", OTHER, grades=frozenset({"open", "internal", "personal"})),
        grades={"illness": "sensitive", "item": "open"},
    )
    assert asked(rules(), OTHER, case, "item").yes
    assert asked(rules(), OTHER, case, "contact").yes
    answer = asked(rules(), OTHER, case, "illness")
    assert (answer.yes, answer.why_not, answer.grade) == (False, "graded", "sensitive")


def test_a_withdrawn_consent_stops_its_fields_for_its_purpose():
    stop = Stop("consent_withdrawn", frozenset({"contact"}), "告知")
    case = subject(
        Ground(core.OWN, "accepting", OWN),
        Ground(core.CASE, "holder", OTHER),
        stops=[stop],
        purposes={"contact": "告知"},
    )
    assert asked(rules(), OWN, case, "contact").yes
    answer = asked(rules(), OTHER, case, "contact")
    assert (answer.yes, answer.why_not, answer.bar) == (False, "stopped", "consent_withdrawn")
    assert asked(rules(), OTHER, case, "contact", "审查").yes
    assert asked(rules(), OTHER, case, "premises").yes


def test_what_is_released_is_for_whoever_asks():
    assert asked(
        rules(), THIRD, subject(Ground(core.RELEASED, "press_office", fields=frozenset({"item"}))), "item"
    ).yes
    assert not asked(
        rules(), THIRD, subject(Ground(core.RELEASED, "press_office", fields=frozenset({"item"}))), "x"
    ).yes


grounds = st.builds(
    Ground,
    st.sampled_from([core.OWN, core.LAW, core.CASE, core.DUTY, core.PERSON, core.RELEASED]),
    st.just("part"),
    st.sampled_from(["", OWN, OTHER, THIRD]),
    grades=st.frozensets(st.sampled_from(core.GRADES)),
    fields=st.none() | st.frozensets(st.sampled_from(["a", "b"])),
    until=st.none() | st.sampled_from([NOW - timedelta(hours=1), NOW + timedelta(hours=1)]),
)


@given(
    st.lists(grounds, max_size=5),
    st.sampled_from([OWN, OTHER, THIRD]),
    st.sampled_from(["a", "b"]),
    st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(core.GRADES)),
    st.booleans(),
)
def test_a_yes_has_a_basis_that_stands_and_bars_only_take_away(found, desk, name, grades, barred):
    case = Subject("case:W-1", OWN, tuple(found), grades)
    free = asked(rules(), desk, case, name)
    kept = asked(rules(bars=[bar("a", "b")] if barred else ()), desk, case, name)
    assert free.yes or not kept.yes
    for answer in (free, kept):
        if answer.yes:
            assert any(
                g.basis == answer.basis and g.desk in {"", desk} and (g.until is None or g.until > NOW)
                for g in found
            )
        else:
            assert answer.why_not
            assert not answer.basis
    if barred and kept.yes and desk != OWN:
        assert kept.basis in {"own", "law"}


@pytest.mark.parametrize("action", ["offer", "rely"])
def test_a_ground_is_for_its_actions_only(action):
    assert not asked(rules(), OWN, subject(Ground(core.OWN, "accepting", OWN)), "a", action=action).yes
