"""Stories of what time does to instruments: amended while running, switched, left, ended; a late ticker changes nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.test import Client

from tongxin.heart.agreements import actions, bounds, cli, lifecycle, opening, rebuild, rulebook, wording
from tongxin.heart.agreements.models import Departure, DueMove, Duty, InstrumentVersion
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import (
    BAODI,
    CHIEF,
    LANGFANG,
    TONGZHOU,
    WUQING,
    acting,
    signed,
    stands,
)
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.petals.ecology import actions as ecology
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotAllowed
from tongxin.site.cli import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_first_version_stands(house):
    stands(house)


BAODI_DESK, WUQING_DESK = "tj-baodi/ecology_bureau", "tj-wuqing/ecology_bureau"


def beijing(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


def spill(house, key="spill", **more):
    data = {"river": "qinglongwan-jianhe", "location": "土门楼闸下", "pollutant": "ammonia"} | more
    told = Report("ecology.water_incident", "he-langfang-xianghe", clock.now(), data)
    return ecology.report_incident(told, by=house.acting("langfang-duty"), key=key)["matter"]


def to_baodi(matter, instrument="river-watch"):
    rows = Duty.objects.filter(matter=matter, owed_desk=BAODI_DESK, clause__version__instrument=instrument)
    return rows.order_by("-round").first()


def left_of(duty):
    return duty.due_at - duty.starts_at


def test_amended_while_running(house):
    """What has begun keeps the text it began with; what begins later has the new one."""
    first = spill(house)
    version = signed(house, texts.water(2, begins="2026-03-12", within="PT20M"))
    assert left_of(to_baodi(first)) == timedelta(hours=1)
    house.clock.move_to(beijing(3, 12, 0, 0))
    second = spill(house, key="second", location="别处")
    assert left_of(to_baodi(second)) == timedelta(minutes=20)
    assert to_baodi(second).clause_id == f"{version.id}/notify-downstream"
    lifecycle.settle_versions()
    assert to_baodi(first).clause_id == "river-watch@1/notify-downstream"
    assert left_of(to_baodi(first)) == timedelta(hours=1)


def test_a_late_ticker_changes_nothing_but_the_word_of_the_state(house):
    version = signed(house, texts.water(2, begins="2026-03-12"))
    house.clock.move_to(beijing(3, 12, 9))
    assert (version.state, bounds.state_of(version, clock.now())) == ("ratified", "in_force")
    before = rulebook.at(clock.now())
    matter = spill(house)
    due_at = to_baodi(matter).due_at
    assert lifecycle.settle_versions() >= 2  # this one begins, the older one ends
    assert lifecycle.settle_versions() == 0
    assert rulebook.at(clock.now()) == before
    assert to_baodi(matter).due_at == due_at
    states = dict(
        InstrumentVersion.objects.filter(instrument=version.instrument_id).values_list("id", "state")
    )
    assert states == {"river-watch@1": "ended", version.id: "in_force"}
    began = Entry.objects.filter(act="agreements.version.in_force", subject=f"instrument:{version.id}")
    assert began.count() == 1


def test_a_version_that_takes_running_matters_over_moves_each_with_one_entry(house):
    house.clock.move_to(beijing(3, 11, 23, 50))
    running, other = spill(house), spill(house, key="two", location="别处")
    signed(house, texts.water(2, begins="2026-03-12", within="PT2H", transition="switch"))
    house.clock.move_to(beijing(3, 12, 0, 3))
    lifecycle.settle_versions()
    for number in (running, other):
        matter = Matter.objects.get(pk=number)
        assert "river-watch@2" in matter.rulebook
        assert "river-watch@1" not in matter.rulebook
        entries = Entry.objects.filter(act="agreements.matter.switched", subject=f"matter:{number}")
        assert entries.count() == 1
        duty = to_baodi(number)
        assert (duty.round, duty.clause_id) == (1, "river-watch@2/notify-downstream")
        assert duty.due_at == beijing(3, 12, 1, 50)
        move = DueMove.objects.get(duty=duty)
        assert (move.why, move.cause) == ("transition", "version:river-watch@2")
        assert rebuild.differences(matter) == []
    size = house.size()
    lifecycle.settle_versions()
    assert house.size() == size


def test_a_report_that_comes_after_the_change_of_what_was_known_before_is_moved_too(house):
    signed(house, texts.water(2, begins="2026-03-12", within="PT2H", transition="switch"))
    house.clock.move_to(beijing(3, 12, 0, 10))
    lifecycle.settle_versions()
    data = {"river": "qinglongwan-jianhe", "location": "土门楼闸下", "pollutant": "ammonia"}
    told = Report("ecology.water_incident", "he-langfang-xianghe", beijing(3, 11, 23, 55), data)
    number = ecology.report_incident(told, by=house.acting("langfang-duty"), key="late")["matter"]
    assert left_of(to_baodi(number)) == timedelta(hours=1)
    lifecycle.settle_versions()
    assert to_baodi(number).due_at == beijing(3, 12, 1, 55)


def test_a_party_leaves(house):
    """What it owes in running matters stays owed; from its day on, new matters do not bind it."""
    signed(house, texts.water(2, begins="2026-03-12"))
    house.clock.move_to(beijing(3, 12, 9))
    lifecycle.settle_versions()
    done = actions.leave(by=acting(house, BAODI), key="leave", instrument="river-watch", party="tj-baodi")
    departure = Departure.objects.get(pk=done["departure"])
    assert departure.ends_at == house.clock.at + timedelta(days=90)
    version = InstrumentVersion.objects.get(id="river-watch@2")
    assert (version.binds_until, version.end_reason) == (
        departure.ends_at,
        "terminated",
    )  # one party alone is no party
    house.clock.move_to(departure.ends_at - timedelta(minutes=10))
    running = spill(house)
    house.clock.move_by(minutes=11)
    later = spill(house, key="later", location="别处")
    assert to_baodi(later) is None
    assert to_baodi(running).state == "open"
    lifecycle.settle_versions()
    assert to_baodi(running).state == "open"
    version.refresh_from_db()
    assert version.state == "ended"
    assert Entry.objects.filter(act="agreements.party.left").count() == 1


def test_one_of_three_leaves_and_the_others_go_on(house):
    parties = "tj-baodi, he-langfang, tj-wuqing"
    signed(house, texts.water(2, begins="2026-03-12", parties=parties), others=(LANGFANG, CHIEF, WUQING))
    house.clock.move_to(beijing(3, 12, 9))
    lifecycle.settle_versions()
    actions.leave(by=acting(house, BAODI), key="l", instrument="river-watch", party="tj-baodi")
    house.clock.move_by(days=91)
    lifecycle.settle_versions()
    matter = spill(house)
    owed = Duty.objects.filter(matter=matter, clause__version="river-watch@2")
    assert {d.owed_desk_id for d in owed} == {WUQING_DESK}
    version = InstrumentVersion.objects.get(id="river-watch@2")
    assert (version.state, version.binds_until) == ("in_force", None)


def test_a_notice_is_taken_back_before_its_day_and_a_party_that_left_may_sign_again(house):
    signed(house, texts.water(2, begins="2026-03-12"))
    house.clock.move_to(beijing(3, 12, 9))
    by = acting(house, BAODI)
    leave = {"by": by, "instrument": "river-watch", "party": "tj-baodi"}
    first = actions.leave(key="a", **leave)
    with pytest.raises(Conflict, match="leaving_already"):
        actions.leave(key="b", **leave)
    actions.withdraw_leaving(by=by, key="stay", departure=first["departure"])
    assert InstrumentVersion.objects.get(id="river-watch@2").binds_until is None
    second = actions.leave(key="c", **leave)
    house.clock.move_by(days=90, minutes=1)
    lifecycle.settle_versions()
    with pytest.raises(Conflict, match="notice_over"):
        actions.withdraw_leaving(by=by, key="too-late", departure=second["departure"])
    signed(house, texts.water(3, begins="2026-06-01", within="PT30M"))
    assert left_of(to_baodi(spill(house))) == timedelta(minutes=30)


def test_who_may_leave_and_what_cannot_be_left(house):
    with pytest.raises(NotAllowed, match="no_leaving"):  # the first version says nothing of it
        actions.leave(by=acting(house, BAODI), key="n", instrument="river-watch", party="tj-baodi")
    with pytest.raises(NotAllowed, match="not_your_party"):
        actions.leave(by=acting(house, WUQING), key="w", instrument="river-watch", party="tj-baodi")


def test_a_group_that_signed_as_one_party_leaves_as_one(house):
    text = texts.group() + "leaving: {notice: P90D}\n"
    version = signed(house, text, by=WUQING, others=(LANGFANG, CHIEF, TONGZHOU))
    house.clock.move_to(beijing(3, 12, 9))
    lifecycle.settle_versions()
    for party in ("tj-wuqing", "tongwulang"):
        with pytest.raises(NotAllowed, match="group_is_the_party") as refused:
            actions.leave(by=acting(house, WUQING), key=party, instrument="three-places", party=party)
        assert str(wording.party_names(["tongwulang"])["tongwulang"]) in str(refused.value.what)
    own = acting(house, TONGZHOU, "tongwulang/coordination_office")
    done = actions.leave(by=own, key="own", instrument="three-places", party="tongwulang")
    left = bounds.left_of(version, [Departure.objects.get(pk=done["departure"])])
    assert left == {"tongwulang": house.clock.at + timedelta(days=90)}


def test_every_party_signs_an_ending(house):
    by = acting(house, BAODI)
    instrument = "river-watch@1"
    done = actions.propose_ending(
        by=by, key="e", version=instrument, on=date(2026, 4, 1), reason="由新机制取代"
    )
    for who in (BAODI, LANGFANG, CHIEF):
        assert InstrumentVersion.objects.get(id=instrument).binds_until is None
        last = actions.sign_ending(
            by=acting(house, who), key=f"e-{who}", version=instrument, canonical_hash=done["hash"]
        )
    assert last["agreed"] is True
    version = InstrumentVersion.objects.get(id=instrument)
    assert (version.binds_until, version.end_reason) == (beijing(4, 1), "terminated")
    house.clock.move_to(beijing(4, 1))
    assert instrument not in rulebook.at(clock.now())
    lifecycle.settle_versions()
    assert InstrumentVersion.objects.get(id=instrument).state == "ended"


def periods_of(instrument):
    return list(Matter.objects.filter(kind="period", title__startswith=instrument).order_by("number"))


def tasks_of(instrument):
    return list(Matter.objects.filter(kind="task", title=instrument).order_by("number"))


def test_a_period_is_opened_once_and_never_before_its_version(house):
    version = signed(house, texts.water(2, begins="2026-03-12", more=texts.MONTHLY))
    opening.open_periods()
    assert periods_of(version.instrument_id) == []
    house.clock.move_to(beijing(3, 12, 0, 1))
    opening.open_periods()
    opening.open_periods()
    (march,) = periods_of(version.instrument_id)
    assert (march.title, march.pinned_at) == ("river-watch/2026-03", beijing(3, 12))
    duty = Duty.objects.get(matter=march)
    # five working days from 1 April; 4 to 6 April is a holiday
    assert (duty.subject, duty.due_at) == ("2026-03/state", beijing(4, 8, 17, 30))
    assert duty.due_count["starts"] == "period_end"


def test_a_ticker_that_slept_two_months_opens_the_same_periods(house):
    version = signed(house, texts.water(2, begins="2026-03-12", more=texts.MONTHLY))
    house.clock.move_to(beijing(5, 20))
    signed(house, texts.water(3, begins="2026-05-15", more=texts.MONTHLY.replace("P5D", "P3D")))
    house.clock.move_to(beijing(5, 21))
    opening.open_periods()
    found = {m.title.partition("/")[2]: m for m in periods_of(version.instrument_id)}
    assert sorted(found) == ["2026-03", "2026-04", "2026-05"]
    assert found["2026-05"].pinned_at == beijing(5, 1)
    assert "river-watch@2" in found["2026-05"].rulebook  # it had begun with the text before
    dues = {m: Duty.objects.get(matter=found[m]).due_at for m in found}
    assert dues["2026-04"] == beijing(5, 11, 17, 30)  # over the holiday of 1 to 5 May
    assert lifecycle.settle_versions() > 0
    assert opening.open_periods() == 0


def test_a_dated_delivery_has_its_task_once_and_a_new_text_moves_it_only_where_it_says_so(house):
    dated = texts.DATED.format(on="2026-09-30")
    signed(house, texts.water(2, begins="2026-03-12", more=dated))
    house.clock.move_to(beijing(3, 12))
    lifecycle.settle_versions()
    opening.open_periods()
    (task,) = tasks_of("river-watch")
    duty = Duty.objects.get(matter=task)
    assert (duty.due_at, duty.baseline_due_at) == (beijing(10, 1), beijing(10, 1))
    later = texts.DATED.format(on="2026-12-31")
    signed(house, texts.water(3, begins="2026-03-13", more=later))
    house.clock.move_to(beijing(3, 13))
    lifecycle.settle_versions()
    opening.open_periods()
    assert tasks_of("river-watch") == [task]
    duty.refresh_from_db()
    assert duty.due_at == beijing(10, 1)
    signed(house, texts.water(4, begins="2026-03-14", more=later, transition="switch"))
    house.clock.move_to(beijing(3, 14))
    lifecycle.settle_versions()
    opening.open_periods()
    assert tasks_of("river-watch") == [task]
    duty.refresh_from_db()
    assert duty.due_at.astimezone(clock.BEIJING) == datetime(2027, 1, 1, tzinfo=clock.BEIJING)
    assert duty.baseline_due_at == beijing(10, 1)


def test_a_milestone_is_reported_once_and_starts_the_clock(house):
    signed(house, texts.water(2, begins="2026-03-12", more=texts.STAGED))
    house.clock.move_to(beijing(3, 12, 9))
    by = house.acting("langfang-duty")
    told = {"by": by, "instrument": "river-watch"}
    done = actions.report_milestone(key="m", milestone="station-built", **told)
    (duty,) = Duty.objects.filter(matter=done["matter"])
    assert (duty.due_at, duty.due_count["milestone"]) == (
        house.clock.at + timedelta(days=30),
        "station-built",
    )
    with pytest.raises(Conflict, match="milestone_reported"):
        actions.report_milestone(key="m2", milestone="station-built", **told)
    with pytest.raises(NotAllowed, match="not_your_party"):
        actions.report_milestone(
            by=house.acting("tongzhou-duty"),
            key="t",
            instrument="river-watch",
            milestone="station-built",
        )


def test_a_milestone_reported_by_mistake_is_withdrawn_on_screen_by_a_programme_and_on_the_command_line(house):
    """What it opened is void, its page says so, and the milestone can be reported when it is really reached."""
    signed(house, texts.water(2, begins="2026-03-12", more=texts.STAGED))
    house.clock.move_to(beijing(3, 12, 9))
    post = "he-langfang-ecology/duty_officer"
    client, token = house.client("langfang-duty"), house.token("langfang-duty", post)
    other = house.client("baodi-duty")

    def told(n):
        told = actions.report_milestone(
            by=house.acting("langfang-duty"), key=f"m{n}", instrument="river-watch", milestone="station-built"
        )
        house.clock.move_by(minutes=1)
        return told["matter"], Duty.objects.get(matter=told["matter"])

    number, duty = told(1)
    page = f"/matters/{number}/"
    assert f"{page}withdrawal/" in client.get(page).content.decode()
    assert f"{page}withdrawal/" not in other.get(page).content.decode()
    assert other.post(f"{page}withdrawal/", {"withdraw-reason": "x", "key": "o"}).status_code == 403
    assert client.post(f"{page}withdrawal/", {"withdraw-reason": " ", "key": "w"}).status_code == 422
    assert client.post(f"{page}withdrawal/", {"withdraw-reason": "误报", "key": "w"}).status_code == 302
    duty.refresh_from_db()
    assert duty.state == "void"
    assert f"{page}withdrawal/" not in client.get(page).content.decode()

    number, duty = told(2)
    sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": "a"}
    said = Client().post(
        f"/api/v1/matters/{number}/withdrawal", '{"reason": "误报"}', "application/json", headers=sent
    )
    assert (said.status_code, said.json()["voided"]) == (201, [duty.pk])

    number, duty = told(3)
    done = CliRunner().invoke(cli.group, ["withdraw", number, "--reason", "误报"], obj=Session(token=token))
    assert done.exit_code == 0, done.exception
    duty.refresh_from_db()
    assert duty.state == "void"


def test_what_was_shared_is_deleted_when_the_party_leaves(house):
    signed(house, texts.water(2, begins="2026-03-12", more=texts.SHARED))
    house.clock.move_to(beijing(3, 12, 9))
    actions.leave(by=acting(house, BAODI), key="l", instrument="river-watch", party="tj-baodi")
    house.clock.move_by(days=90, minutes=1)
    lifecycle.settle_versions()
    duty = Duty.objects.get(subject="delete", clause_key="river-watch/see-samples")
    assert (duty.bound_desk_id, duty.owed_desk_id, duty.state) == (
        "he-langfang/ecology_bureau",
        BAODI_DESK,
        "open",
    )
    by = house.acting("langfang-duty")
    actions.perform(by=by, key="deleted", duty=duty.pk, carried={"remark": "6月10日已删除"})
    duty.refresh_from_db()
    assert duty.state == "met"
    assert lifecycle.settle_versions() == 0


def test_two_parties_hand_out_one_text_and_the_hash_stays(house, tmp_path):
    """A file that goes out and comes back is the same text: nothing of its meaning hangs on its layout."""
    from tongxin.heart.agreements.drafts import check
    from tongxin.heart.agreements.known import known_words

    version = signed(house, texts.water(2, begins="2026-03-12"))
    path = tmp_path / "out.yaml"
    path.write_text("# 自他处来\n" + version.source_text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    again = check(path.read_text(encoding="utf-8"), "back.yaml", known=known_words())
    assert [f.reason for f in again.faults if "version: 3" not in f.reason] == []
    assert again.read.canonical_hash == version.canonical_hash


class TestWhatWasSharedIsDeleted:
    """Every way in which a share ends asks for it: its own day, a version without it, a version without the party."""

    def deletions(self):
        return [(d.clause_id, d.bound_desk_id) for d in Duty.objects.filter(subject="delete").order_by("id")]

    def begun(self, house, more):
        signed(house, texts.water(2, begins="2026-03-12", more=more))
        house.clock.move_to(beijing(3, 12, 9))
        lifecycle.settle_versions()

    def test_on_its_own_last_day_though_the_agreement_goes_on(self, house):
        self.begun(house, texts.SHARED + "    until: 2026-04-01\n")
        house.clock.move_to(beijing(3, 31, 23, 59))
        lifecycle.settle_versions()
        assert self.deletions() == []
        house.clock.move_to(beijing(4, 2, 9))
        lifecycle.settle_versions()
        assert self.deletions() == [("river-watch@2/see-samples", "he-langfang/ecology_bureau")]
        duty = Duty.objects.get(subject="delete")
        assert (duty.starts_at, duty.owed_desk_id) == (beijing(4, 1), BAODI_DESK)
        entry = Entry.objects.get(act="agreements.share.ended")
        assert entry.basis == "river-watch@2/see-samples"
        house.clock.move_by(days=1)
        assert lifecycle.settle_versions() == 0
        signed(house, texts.water(3, begins="2026-04-10"))
        house.clock.move_to(beijing(4, 10, 9))
        lifecycle.settle_versions()
        assert len(self.deletions()) == 1  # it was asked for once

    def test_when_a_version_drops_the_clause(self, house):
        self.begun(house, texts.SHARED)
        signed(house, texts.water(3, begins="2026-03-20"))
        house.clock.move_to(beijing(3, 20, 9))
        lifecycle.settle_versions()
        assert self.deletions() == [("river-watch@2/see-samples", "he-langfang/ecology_bureau")]

    def test_when_a_version_drops_a_field(self, house):
        self.begun(house, texts.SHARED)
        signed(house, texts.water(3, begins="2026-03-20", more=texts.SHARED.replace("location, ", "")))
        house.clock.move_to(beijing(3, 20, 9))
        lifecycle.settle_versions()
        assert len(self.deletions()) == 1

    def test_not_when_the_next_version_goes_on_sharing_it(self, house):
        self.begun(house, texts.SHARED)
        signed(
            house, texts.water(3, begins="2026-03-20", more=texts.SHARED.replace("see-samples", "see-all"))
        )
        house.clock.move_to(beijing(3, 20, 9))
        lifecycle.settle_versions()
        assert self.deletions() == []

    def test_what_a_period_owes_that_is_opened_afterwards_stands_still_too(self, house):
        supplied = texts.SHARED.replace("    on_end: delete\n", "")
        assert "on_end" not in supplied
        supplied += "    due: {every: P1M, within: P5D, clock: days}\n    until: 2026-04-20\n"
        self.begun(house, supplied)
        house.clock.move_to(beijing(4, 22, 9))  # the ticker was away on the day
        lifecycle.settle_versions()
        opening.open_periods()
        rows = Duty.objects.filter(clause_key="river-watch/see-samples")
        after = [duty for duty in rows if duty.due_at > beijing(4, 20)]
        assert after
        for duty in after:
            assert (duty.state, duty.pauses[-1]["ground"]) == ("suspended", "sight_ended")
            assert duty.pauses[-1]["from"] == clock.iso(max(beijing(4, 20), duty.opened_at))
        assert not self.deletions()
        house.clock.move_to(beijing(5, 4, 9))
        opening.open_periods()
        assert not rows.filter(state="open", due_at__gt=beijing(4, 20)).exists(), "nor any later period's"
        told = Notification.objects.filter(kind="supply_stopped")
        assert told.count() == 2 * rows.filter(state="suspended").count()

    def test_what_is_owed_already_stands_still_also_where_nothing_is_to_be_deleted(self, house):
        supplied = texts.SHARED.replace("    on_end: delete\n", "")
        self.begun(
            house, supplied + "    due: {every: P1M, within: P5D, clock: days}\n    until: 2026-04-20\n"
        )
        house.clock.move_to(beijing(4, 1, 9))
        opening.open_periods()
        house.clock.move_to(beijing(4, 22, 9))
        lifecycle.settle_versions()
        rows = Duty.objects.filter(clause_key="river-watch/see-samples", due_at__gt=beijing(4, 20))
        assert {duty.state for duty in rows} == {"suspended"}
        assert not self.deletions()

    def test_what_is_still_to_be_supplied_then_stands_still_and_runs_on_when_it_may_be_seen_again(
        self, house
    ):
        supplied = texts.SHARED + "    due: {every: P1M, within: P5D, clock: days}\n"
        self.begun(house, supplied + "    until: 2026-04-20\n")
        house.clock.move_to(beijing(4, 1, 9))
        opening.open_periods()
        rows = Duty.objects.filter(clause_key="river-watch/see-samples").exclude(subject="delete")
        before = {duty.pk: duty.due_at for duty in rows}
        open_then = [duty for duty in rows if duty.due_at > beijing(4, 20)]
        assert open_then
        house.clock.move_to(beijing(4, 22, 9))
        lifecycle.settle_versions()
        for duty in open_then:
            duty.refresh_from_db()
            assert (duty.state, duty.pauses[-1]["ground"]) == ("suspended", "sight_ended")
            assert duty.pauses[-1]["from"] == clock.iso(beijing(4, 20)), "whenever the ticker came"
            given = {"duty": duty.pk, "carried": {"location": "x", "pollutant": "ammonia"}}
            with pytest.raises(Conflict):
                actions.perform(by=house.acting("baodi-duty"), key=f"p{duty.pk}", **given)
        assert Entry.objects.filter(act="agreements.duty.suspended").count() == len(open_then)
        assert Notification.objects.filter(kind="supply_stopped").count() == 2 * len(open_then)
        assert self.deletions(), "and what was received is to be deleted"
        signed(house, texts.water(3, begins="2026-05-06", more=supplied))
        house.clock.move_to(beijing(5, 6, 9))
        lifecycle.settle_versions()
        for duty in open_then:
            duty.refresh_from_db()
            assert duty.state == "open"
            assert duty.due_at > before[duty.pk], "the days between do not count"
