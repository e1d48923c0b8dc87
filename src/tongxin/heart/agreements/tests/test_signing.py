"""Stories of signing: all parties, two persons for one of them, a changed text, nobody for another, a law by two."""

from __future__ import annotations

import threading
import time
from datetime import date

import pytest
from django.db import connections
from django.utils import translation

from tongxin.heart.agreements import (
    actions,
    bounds,
    drafts,
    instrument_pages,
    rulebook,
    signers,
    waiting,
)
from tongxin.heart.agreements.actions import signing
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Draft, InstrumentVersion, Signature
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import (
    BAODI,
    CHIEF,
    LANGFANG,
    TONGZHOU,
    WUQING,
    acting,
    proposed,
    sign,
    stands,
)
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_first_version_stands(house):
    stands(house)


def lacking(version, canonical_hash) -> list[str]:
    """What the sides of a version lack, as CLI and screen say it in English."""
    row = InstrumentVersion.objects.get(id=version)
    with translation.override("en"):
        return [side.missing for side in instrument_pages.side_rows(row, canonical_hash, clock.now())]


def test_a_version_binds_when_every_party_has_signed_and_langfang_with_two_persons(house):
    version, canonical_hash = proposed(house)
    assert sign(house, BAODI, version, canonical_hash)["ratified"] is False
    assert lacking(version, canonical_hash) == ["", "Langfang (lacks 2 of 2 persons)"]
    assert sign(house, LANGFANG, version, canonical_hash)["ratified"] is False
    assert lacking(version, canonical_hash) == ["", "Langfang (lacks 1 of 2 persons)"]
    assert "river-watch@1" in rulebook.at(clock.now())
    with pytest.raises(Conflict, match="signed_already"):  # the same person again is no second one
        sign(house, LANGFANG, version, canonical_hash, key="again")
    house.clock.move_by(minutes=5)
    assert sign(house, CHIEF, version, canonical_hash)["ratified"] is True
    row = InstrumentVersion.objects.get(id=version)
    assert (row.state, row.binds_from) == ("ratified", rulebook.midnight(row.in_force_from))
    older = InstrumentVersion.objects.get(id="river-watch@1")
    assert (older.binds_until, older.end_reason) == (row.binds_from, "replaced")
    acts = list(
        Entry.objects.filter(subject=f"instrument:{version}").order_by("index").values_list("act", flat=True)
    )
    assert acts == [
        "agreements.version.proposed",
        "agreements.version.signed",
        "agreements.version.signed",
        "agreements.version.ratified",
        "agreements.version.signed",
    ]


def test_a_version_never_binds_before_its_day_and_never_before_it_was_ratified(house):
    text = texts.water(2, begins="2026-01-01")
    version, canonical_hash = proposed(house, text)
    for who in (BAODI, LANGFANG, CHIEF):
        sign(house, who, version, canonical_hash)
    row = InstrumentVersion.objects.get(id=version)
    assert row.binds_from == house.clock.at
    assert bounds.state_of(row, house.clock.at) == "in_force"
    assert version in rulebook.at(house.clock.at)


def test_signing_is_for_the_text_that_was_read(house):
    version, _hash = proposed(house)
    with pytest.raises(Conflict, match="other_text"):
        sign(house, BAODI, version, "0" * 64)
    assert not Signature.objects.exists()


def test_a_changed_text_needs_all_signatures_anew(house):
    version, first = proposed(house)
    sign(house, BAODI, version, first)
    sign(house, LANGFANG, version, first)
    actions.refuse_to_sign(by=acting(house, CHIEF), key="no", version=version, reason="二十分钟太短")
    draft = Draft.objects.get(proposed_as=version)
    assert (draft.state, draft.returned[0]["reason"]) == ("open", "二十分钟太短")
    by = acting(house, BAODI)
    text = draft.text.replace("PT20M", "PT40M")
    actions.change_draft(
        by=by, key="change", draft=draft.pk, edition=draft.edition, text=text, file=draft.file
    )
    done = actions.propose(by=by, key="again", draft=draft.pk)
    assert (done["version"], done["hash"] != first) == (version, True)
    with pytest.raises(Conflict, match="other_text"):
        sign(house, LANGFANG, version, first, key="old")
    for who in (BAODI, LANGFANG, CHIEF):
        signed = sign(house, who, version, done["hash"], key=f"anew-{who}")
    assert signed["ratified"] is True


def test_the_same_text_put_forward_again_keeps_the_signatures_it_has(house):
    version, canonical_hash = proposed(house)
    sign(house, BAODI, version, canonical_hash)
    actions.refuse_to_sign(by=acting(house, LANGFANG), key="no", version=version, reason="先问法制办")
    draft = Draft.objects.get(proposed_as=version)
    again = actions.propose(by=acting(house, BAODI), key="again", draft=draft.pk)
    assert again == {"version": version, "hash": canonical_hash}
    sign(house, LANGFANG, version, canonical_hash)
    assert sign(house, CHIEF, version, canonical_hash)["ratified"] is True


def test_nobody_signs_for_another(house):
    version, canonical_hash = proposed(house)
    with pytest.raises(NotFound):  # who is no party does not even see it
        sign(house, WUQING, version, canonical_hash)
    by = house.acting("langfang-head", "he-langfang-ecology/head")
    with pytest.raises(
        NotAllowed, match="not_your_party"
    ):  # the same jurisdiction, but not its coordination office
        actions.sign(by=by, key="bureau", version=version, canonical_hash=canonical_hash)
    duty = house.acting("langfang-on-call", desk="he-langfang/coordination_office")
    with pytest.raises(NotAllowed, match="post_may_not"):
        actions.sign(by=duty, key="duty", version=version, canonical_hash=canonical_hash)
    made = actions.draft(by=acting(house, WUQING), key="d", text=texts.water(3))
    with pytest.raises(NotAllowed, match="not_your_party"):
        actions.propose(by=acting(house, WUQING), key="p", draft=made["draft"])
    assert not Signature.objects.exists()


def test_a_program_is_no_second_person(house):
    from dataclasses import replace

    version, canonical_hash = proposed(house)
    token = replace(acting(house, LANGFANG), person_id=None, via="api")
    with pytest.raises(NotAllowed, match="needs_persons"):
        actions.sign(by=token, key="t", version=version, canonical_hash=canonical_hash)
    token = replace(acting(house, BAODI), person_id=None, via="api")
    assert (
        actions.sign(by=token, key="b", version=version, canonical_hash=canonical_hash)["party"] == "tj-baodi"
    )


@pytest.mark.parametrize("at_own_desk", [True, False])
def test_a_group_is_signed_for_by_every_member_or_at_its_own_desk(house, at_own_desk):
    version, canonical_hash = proposed(house, texts.group(), by=WUQING)
    if at_own_desk:
        by = acting(house, TONGZHOU, "tongwulang/coordination_office")
        done = actions.sign(by=by, key="group", version=version, canonical_hash=canonical_hash)
        assert done == {"version": version, "party": "tongwulang", "ratified": True}
        return
    for who in (TONGZHOU, LANGFANG, WUQING):
        assert sign(house, who, version, canonical_hash)["ratified"] is False
    assert sign(house, CHIEF, version, canonical_hash)["ratified"] is True


def test_a_draft_may_hold_faults_and_says_them_but_is_not_proposed(house):
    by = acting(house, BAODI)
    text = texts.water(7).replace("ecology_bureau", "ecology_buro")
    made = actions.draft(by=by, key="d", text=text, file="w.yaml")
    assert any("ecology_buro" in fault and fault.startswith("w.yaml:") for fault in made["faults"])
    with pytest.raises(Invalid, match="faults") as refused:
        actions.propose(by=by, key="p", draft=made["draft"])
    assert refused.value.fields["text"] == made["faults"]
    assert Draft.objects.get().text == text
    only_number = drafts.check(texts.water(7), known=known_words())
    assert [(f.line, "version: 2" in f.reason) for f in only_number.faults] == [(3, True)]


def test_a_colleagues_words_are_not_overwritten(house):
    by = acting(house, BAODI)
    made = actions.draft(by=by, key="d", text="agreement: a")
    actions.change_draft(by=by, key="c1", draft=made["draft"], edition=1, text="agreement: b")
    with pytest.raises(Conflict, match="draft_changed"):
        actions.change_draft(by=by, key="c2", draft=made["draft"], edition=1, text="agreement: c")
    assert Draft.objects.get().text == "agreement: b"
    actions.discard_draft(by=by, key="away", draft=made["draft"])
    with pytest.raises(Conflict, match="draft_is_closed"):
        actions.change_draft(by=by, key="c3", draft=made["draft"], edition=2, text="agreement: c")


def test_one_text_of_an_instrument_waits_at_a_time(house):
    proposed(house)
    made = actions.draft(by=acting(house, LANGFANG), key="other", text=texts.water(3))
    assert made["faults"] == []
    with pytest.raises(Conflict, match="one_at_a_time"):
        actions.propose(by=acting(house, LANGFANG), key="other-p", draft=made["draft"])


def test_a_law_entered_on_screen_needs_two_persons_and_its_source(house):
    by = acting(house, BAODI)
    bare = actions.draft(by=by, key="bare", text=texts.law(source=""))
    assert any("source" in fault for fault in bare["faults"])
    made = actions.draft(by=by, key="law", text=texts.law())
    with pytest.raises(NotAllowed, match="law_is_entered"):
        actions.propose(by=by, key="p", draft=made["draft"])
    done = actions.enter_law(by=by, key="enter", draft=made["draft"])
    version, canonical_hash = done["version"], done["hash"]
    assert version not in rulebook.at(clock.now())
    with pytest.raises(NotAllowed, match="two_persons"):
        actions.confirm_law(by=by, key="self", version=version, canonical_hash=canonical_hash)
    other = acting(house, WUQING)
    assert actions.confirm_law(by=other, key="ok", version=version, canonical_hash=canonical_hash)["ratified"]
    assert version in rulebook.at(clock.now())
    row = InstrumentVersion.objects.get(id=version)
    assert (
        row.binds_from == house.clock.at
    )  # in force since 2011, but it ruled nothing here before it was confirmed


def test_the_other_side_is_rung(house):
    version, canonical_hash = proposed(house)
    rung = Notification.objects.filter(kind="instrument_proposed")
    assert [(n.desk_id, n.link) for n in rung] == [
        ("he-langfang/coordination_office", f"/agreements/{version}/")
    ]
    sign(house, LANGFANG, version, canonical_hash)
    assert Notification.objects.get(kind="instrument_signed").desk_id == "tj-baodi/coordination_office"


def test_signing_twice_with_one_key_signs_once(house):
    version, canonical_hash = proposed(house)
    assert sign(house, BAODI, version, canonical_hash) == sign(house, BAODI, version, canonical_hash)
    assert Signature.objects.count() == 1


class TestNobodyChangesAnothersObligationsAlone:
    """A next version takes the signatures of all whom it would end or change, not of those it names alone."""

    def test_strangers_do_not_end_an_agreement_of_others(self, house):
        text = texts.water(2, begins="2026-03-12", parties="tj-wuqing, bj-tongzhou")
        made = actions.draft(by=acting(house, TONGZHOU), key="d", text=text)
        assert made["faults"] == []
        with pytest.raises(NotAllowed, match="not_your_party"):
            actions.propose(by=acting(house, TONGZHOU), key="p", draft=made["draft"])
        assert InstrumentVersion.objects.get(id="river-watch@1").binds_until is None

    def test_one_of_three_does_not_end_the_plan_of_all_by_a_text_that_names_it_alone(self, house):
        text = PLAN_ALONE.format(parties="bj-tongzhou")
        version, canonical_hash = proposed(house, text, by=TONGZHOU)
        assert sign(house, TONGZHOU, version, canonical_hash)["ratified"] is False
        older = InstrumentVersion.objects.get(id="tongwulang-joint-enforcement@1")
        assert (older.binds_until, older.end_reason) == (None, "")
        row = InstrumentVersion.objects.get(id=version)
        assert signers.parties_of(row)[0] == "bj-tongzhou"
        assert set(signers.desks_of(signers.parties_of(row), clock.beijing(clock.now()).date())) >= {
            "tj-wuqing/coordination_office",
            "he-langfang/coordination_office",
        }

    def test_a_party_leaves_by_a_version_that_it_signs(self, house):
        text = texts.water(2, begins="2026-03-12", parties="tj-baodi, tj-wuqing")
        version, canonical_hash = proposed(house, text)
        assert {n.desk_id for n in Notification.objects.filter(kind="instrument_proposed")} == {
            "he-langfang/coordination_office",
            "tj-wuqing/coordination_office",
        }
        assert sign(house, WUQING, version, canonical_hash)["ratified"] is False
        chief = acting(house, CHIEF)
        assert [w.version.id for w in waiting.waiting_for(chief)] == [version]
        row = InstrumentVersion.objects.get(id=version)
        assert signers.may_see(house.acting("langfang-duty"), row, clock.beijing(clock.now()).date())
        page = house.client(CHIEF, "he-langfang-coordination/head").get(f"/agreements/{version}/signing/")
        assert page.status_code == 200
        assert "新文本不再列名" in page.content.decode()
        sign(house, LANGFANG, version, canonical_hash)
        assert sign(house, CHIEF, version, canonical_hash)["ratified"] is False
        assert sign(house, BAODI, version, canonical_hash)["ratified"] is True
        row.refresh_from_db()
        assert row.parties == ["tj-baodi", "tj-wuqing"]
        on = clock.beijing(clock.now()).date()
        signed = {s.party: s.complete for s in signers.sides(row, canonical_hash, on)}
        assert signed == {"tj-baodi": True, "tj-wuqing": True, "he-langfang": True}
        rung = Notification.objects.filter(kind="instrument_ratified").values_list("desk_id", flat=True)
        assert "he-langfang/coordination_office" in rung  # it goes with this text, and hears of it

    def test_a_newcomer_does_not_propose_but_signs(self, house):
        text = texts.water(2, begins="2026-03-12", parties="tj-baodi, he-langfang, tj-wuqing")
        made = actions.draft(by=acting(house, WUQING), key="d", text=text)
        with pytest.raises(NotAllowed, match="not_your_party"):
            actions.propose(by=acting(house, WUQING), key="p", draft=made["draft"])
        version, canonical_hash = proposed(house, text)
        for who in (BAODI, LANGFANG, CHIEF):
            assert sign(house, who, version, canonical_hash)["ratified"] is False
        assert sign(house, WUQING, version, canonical_hash)["ratified"] is True

    def test_who_has_left_by_then_is_not_asked(self, house):
        leaving = texts.water(2, begins="2026-03-12")
        version, canonical_hash = proposed(house, leaving)
        for who in (BAODI, LANGFANG, CHIEF):
            sign(house, who, version, canonical_hash)
        house.clock.move_by(days=2)
        by = acting(house, LANGFANG)
        actions.leave(by=by, key="l", instrument="river-watch", party="he-langfang")
        assert signers.still_bound("river-watch", 3, date(2026, 4, 1)) == ["tj-baodi", "he-langfang"]
        assert signers.still_bound("river-watch", 3, date(2026, 7, 1)) == ["tj-baodi"]

    def test_an_instrument_that_has_ended_is_taken_up_by_whoever_will(self, house):
        ended = {"binds_until": clock.now(), "end_reason": "terminated", "state": "ended"}
        InstrumentVersion.objects.filter(id="river-watch@1").update(**ended)
        text = texts.water(2, begins="2026-03-12", parties="tj-wuqing, bj-tongzhou")
        version, canonical_hash = proposed(house, text, by=TONGZHOU)
        sign(house, TONGZHOU, version, canonical_hash)
        assert sign(house, WUQING, version, canonical_hash)["ratified"] is True


PLAN_ALONE = """\
agreement: tongwulang-joint-enforcement
kind: plan
version: 2
field: ecology
title: {{zh: 示例, en: Illustrative}}
parties: [{parties}]
in_force: {{from: 2026-03-12}}
provenance: {{known_from: {{zh: 示例, en: illustrative}}, terms: unpublished}}
"""


@pytest.mark.postgres_only
def test_two_offices_that_propose_at_once_do_not_write_over_each_other(house, monkeypatch):
    """Both looked before either had written: the second text took the place of the first. Rows are locked there alone."""
    drafted = {
        who: actions.draft(by=acting(house, who), key=f"d-{who}", text=texts.water(2, within=within))["draft"]
        for who, within in ((BAODI, "PT20M"), (LANGFANG, "PT50M"))
    }
    inside, real = threading.Event(), signing.add_clauses

    def slowly(version, read):
        inside.set()
        time.sleep(1)
        real(version, read)

    def first():
        actions.propose(by=acting(house, BAODI), key="p1", draft=drafted[BAODI])
        connections.close_all()

    monkeypatch.setattr(signing, "add_clauses", slowly)
    other = threading.Thread(target=first)
    other.start()
    assert inside.wait(20)
    with pytest.raises(Conflict, match="one_at_a_time"):
        actions.propose(by=acting(house, LANGFANG), key="p2", draft=drafted[LANGFANG])
    other.join()
    row = InstrumentVersion.objects.get(id="river-watch@2")
    assert "PT20M" in row.source_text
    assert row.clauses.count() == 1
