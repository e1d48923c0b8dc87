"""A case crosses between nodes: offered, refused, taken over, worked on and decided there, seen at home; each thing once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from tests.support import snapshots
from tests.support.applications import APPLICATION
from tests.support.several_nodes import Nodes
from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import (
    actions,
    applicants,
    crossed,
    crossing_jobs,
    disputes,
    erasing,
    feed,
    finding,
    lines_papers,
    outcomes,
    papers,
    papers_store,
    queries,
    recalls,
    sightings,
    sights,
    story,
    words,
)  # fmt: skip
from tongxin.heart.cases.models import Case, Dispute, Fetch, Offer, Paper, Procedure
from tongxin.heart.cases.tests import corpus
from tongxin.heart.exchange import lines_jobs, peers, wire
from tongxin.heart.exchange.models import Channel, Envelope, Message, Notification
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import canonical, clock, notices
from tongxin.shared.errors import Conflict

pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]

WUQING, TONGZHOU, LANGFANG = (
    "tj-wuqing/service_centre",
    "bj-tongzhou/service_centre",
    "he-langfang/service_centre",
)
JOBS = [lambda _nodes: crossing_jobs.look()]


def beijing(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


@pytest.fixture
def at(moved_clock: Any) -> Callable[..., None]:
    moved_clock.at = beijing(12, 15)
    return lambda *when, **more: moved_clock.move_to(beijing(*when, **more))


@pytest.fixture
def three(house: Any, loaded: Any, at: Any, tmp_path: Any, django_db_blocker: Any) -> Iterator[Nodes]:
    """Wuqing, Tongzhou and Langfang, each at its own node."""
    with django_db_blocker.unblock():
        found = Nodes(
            tmp_path,
            loaded[1],
            {"wuqing": ["tj-wuqing"], "tongzhou": ["bj-tongzhou"], "langfang": ["he-langfang"]},
            jobs=JOBS,
        )
        yield found
        found.close()


def by(place: str, role: str = "window_clerk") -> Any:
    from tongxin.heart.region.acting import Acting
    from tongxin.heart.region.models import Post

    post = Post.objects.get(id=f"{place}-services/{role}")
    return Acting(
        post=post.id,
        desk=f"{place}/service_centre",
        jurisdiction=place,
        capabilities=frozenset(post.capabilities),
    )


def filed(nodes: Nodes) -> str:
    with nodes.at("wuqing"):
        number = actions.file_case(by=by("tj-wuqing"), key="f", **APPLICATION)["case"]
        actions.accept_case(by=by("tj-wuqing"), key="a", number=number)
    return str(number)


def offered(nodes: Nodes, number: str, to: str, key: str, place: str = "tj-wuqing", epoch: int = 0) -> str:
    with nodes.at(place.partition("-")[2]):
        done = actions.offer(by=by(place), key=key, number=number, to_desk=to, epoch=epoch)
    nodes.carry()
    return str(done["offer"])


def refused(nodes: Nodes) -> str:
    """A case of Wuqing's that Tongzhou took over and refused."""
    number = filed(nodes)
    first = offered(nodes, number, TONGZHOU, "o1")
    with nodes.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=first)
        decider = by("bj-tongzhou", "approver")
        actions.decide(by=decider, key="d", number=number, epoch=1, outcome="refused", reason="示例")
    nodes.carry()
    return number


def stand(nodes: Nodes, name: str, number: str) -> tuple[Any, ...]:
    with nodes.at(name):
        row = Case.objects.get(number=number)
        return row.holder_id, row.epoch, row.state, row.frozen_by_id is not None


def test_the_case_of_the_model_over_three_nodes(three, at):
    number = filed(three)
    at(12, 15, 30)
    first = offered(three, number, TONGZHOU, "o1")
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", True)
    with three.at("wuqing"):
        assert Offer.objects.get(pk=first).message.delivered_at == beijing(12, 15, 30)
    with three.at("tongzhou"):
        answer = Duty.objects.get(subject=f"answer:{first}")
        assert answer.due_at == beijing(13, 11, 30)
        at(13, 10, 10)
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
    three.carry()
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", False)
    at(13, 10, 40)
    second = offered(three, number, LANGFANG, "o2")
    at(13, 14)
    with three.at("langfang"):
        actions.take_over(by=by("he-langfang"), key="t", offer_id=second)
    three.carry()
    for name in ("wuqing", "langfang"):
        assert stand(three, name, number) == (LANGFANG, 1, "in_hand", False)
        with three.at(name):
            assert Case.objects.get(number=number).promise_due_at == beijing(26, 17, 30)
    at(14, 10)
    with three.at("langfang"):
        actions.suspend(
            by=by("he-langfang"),
            key="s",
            number=number,
            epoch=1,
            ground="papers_missing",
            missing=["floor_plan"],
            facts="示例旧话",
        )
    three.carry()
    assert stand(three, "wuqing", number)[2] == "suspended"
    with three.at("langfang"):
        older = snapshots.take()
    at(25, 10)
    with three.at("langfang"):
        actions.resume(by=by("he-langfang"), key="g", number=number, epoch=1, arrived=["floor_plan"])
    three.carry()
    with three.at("wuqing"):
        assert Case.objects.get(number=number).promise_due_at == beijing(2, 17, 30, month=3)
    at(26, 10)
    with three.at("langfang"):
        actions.decide(
            by=by("he-langfang", "approver"),
            key="d",
            number=number,
            epoch=1,
            outcome="granted",
            reason="示例理由",
        )
    three.carry()
    with three.at("wuqing"):
        row = Case.objects.get(number=number)
        assert (row.state, row.outcome) == ("decided", "granted")
        assert [each.number for each in finding.find(by("tj-wuqing"), "示例理由", 5)] == [number]
        told = [each.entry for each in feed.after(by("tj-wuqing"), 0, 100).happenings][-1]
        assert told.act == "cases.case.told"
        assert json.loads(told.payload.body)["changed"] == ["state", "decisions"]
        three.cut.update({("wuqing", "langfang"), ("langfang", "wuqing")})
        actions.close(by=by("tj-wuqing"), key="c", number=number)
        acts = Entry.objects.filter(subject__startswith=f"case:{number}").order_by("index")
        assert list(acts.values_list("act", flat=True)) == [
            "cases.case.filed",
            "cases.case.accepted",
            "cases.offer.made",
            "cases.offer.returned",
            "cases.offer.made",
            "cases.offer.taken_over",
            "cases.promise.moved",
            "cases.case.told",
            "cases.case.suspended",
            "cases.case.told",
            "cases.case.resumed",
            "cases.promise.moved",
            "cases.case.told",
            "cases.case.decided",
            "cases.case.told",
            "cases.case.closed",
        ]
    name_given = APPLICATION["applicant"]["applicant_name"].encode()
    for name in ("wuqing", "langfang"):
        with three.at(name):
            assert any(name_given in bytes(row.text) for row in Envelope.objects.all())
            Case.objects.update(keep_until=clock.now())
            assert erasing.erase_due() == 1
            held = Envelope.objects.exclude(state="waiting")
            assert not any(name_given in bytes(row.text) for row in held)
    three.cut.clear()
    at(26, 11)
    three.carry()  # the last word was on its way when both nodes erased
    for name in ("wuqing", "langfang"):
        assert stand(three, name, number)[2] == "closed"
        with three.at(name):
            assert not any(name_given in bytes(row.text) for row in Envelope.objects.all())
            row = Case.objects.get(number=number)
            assert (row.applicant, [each["facts"] for each in row.pauses]) == ({}, [""])
            assert not Envelope.objects.filter(state__in=["refused", "unknown", "waiting"]).exists()
    again(three, "wuqing", "langfang")
    assert stand(three, "langfang", number)[2] == "closed"

    assert older.file is not None
    older.file.backup(three.databases["langfang"].connection)  # put back from a copy of before
    at(26, 12)
    three.carry()
    with three.at("wuqing"):
        line = Channel.objects.get(to_node="langfang")
        assert line.done_seq == line.last_seq, (
            "it has every number again, of what was erased the number alone"
        )
    with three.at("langfang"):
        later = Envelope.objects.filter(kind="erased")
        assert later.exists()
        assert {row.state for row in later} == {"applied"}
        assert Channel.objects.get(from_node="wuqing").done_seq == line.last_seq


def test_nothing_is_done_for_a_desk_that_works_at_another_node(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("wuqing"), pytest.raises(Conflict, match="works_elsewhere"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=first)


def with_papers(nodes: Nodes, count: int = 1) -> str:
    """A case with papers that are kept as files, of more than one piece each."""
    number = filed(nodes)
    with nodes.at("wuqing"):
        for n in range(count):
            pieces = [
                corpus.pdf().replace(
                    b"trailer", b"%" + bytes([97 + n]) * (2 * lines_papers.PIECE) + b"\ntrailer"
                )
            ]
            actions.add_paper(
                by=by("tj-wuqing"),
                key=f"p{n}",
                number=number,
                kind="floor_plan",
                name=f"{n}.pdf",
                pieces=pieces,
            )
    return number


def fetched(nodes: Nodes, name: str = "tongzhou") -> int:
    with nodes.at(name):
        return lines_papers.look(caller=nodes.call)


def test_papers_cross_by_hash_and_go_on_where_they_were_cut(three, at, monkeypatch):
    number = with_papers(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        file = Paper.objects.get()
        assert papers.coming(file).node == "wuqing"
        with pytest.raises(Conflict, match="on_its_way"):
            actions.hand_out(by=by("bj-tongzhou"), key="h", number=number, paper=file.pk)
    monkeypatch.setattr(lines_papers, "AT_ONCE", 1)
    assert fetched(three) == 1
    three.cut.add(("tongzhou", "wuqing"))
    assert fetched(three) == 0
    with three.at("tongzhou"):
        row = Fetch.objects.get()
        assert (row.came, row.last_error) == (lines_papers.PIECE, "connect")
    three.cut.clear()
    at(12, 15, 5)
    monkeypatch.setattr(lines_papers, "AT_ONCE", 40)
    asked: list[str] = []

    def seen(_from: str, _to: str, path: str) -> bool:
        asked.append(path)
        return False

    three.lose = seen
    assert fetched(three) == 2
    assert len(asked) == 2
    with three.at("tongzhou"):
        assert not Fetch.objects.exists()
        _file, content = actions.hand_out(by=by("bj-tongzhou"), key="h", number=number, paper=file.pk)
        with content:
            assert hashlib.sha256(content.read()).hexdigest() == file.sha256
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
    three.carry()
    offered(three, number, TONGZHOU, "o2")
    with three.at("tongzhou"):
        assert Paper.objects.count() == 1
        assert not Fetch.objects.exists(), "what is there is asked for again"


def test_a_paper_is_handed_to_no_peer_that_may_not_see_it(three, at):
    number = with_papers(three)
    offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        sha256 = Paper.objects.get().sha256
    for name in ("langfang", "tongzhou"):
        with three.at(name):
            asked = lines_papers.Asked(
                from_node=name, to_node="wuqing", nonce="0" * 32, sent_at=clock.iso(clock.now()),
                case=number, sha256=sha256 if name == "langfang" else "0" * 64, offset=0,
            )  # fmt: skip
            body = canonical.dumps(asked.model_dump())
            with pytest.raises(wire.NotReached, match="refused:no_such_paper"):
                wire.ask(
                    "wuqing",
                    three.address("wuqing"),
                    lines_papers.PAPERS,
                    body,
                    lines_papers.Piece,
                    three.call,
                )


def test_a_content_that_is_not_the_one_that_was_named_is_not_taken(three, at):
    number = with_papers(three)
    offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        file = Paper.objects.get()
        papers_store.add(file.sha256, "wuqing", 0, b"x" * (file.size - 1))
    fetched(three)
    with three.at("tongzhou"):
        assert Fetch.objects.get().last_error == "unfit"
        assert papers_store.opened(file.sha256) is None


def again(nodes: Nodes, name: str, to: str) -> None:
    """A node that forgot every answer sends all that it ever sent to another once more."""
    with nodes.at(name):
        Channel.objects.filter(from_node=name, to_node=to).update(done_seq=0)
    nodes.carry()


def test_what_comes_again_changes_nothing_and_a_recall_after_the_acceptance_is_too_late(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
    three.carry()
    second = offered(three, number, LANGFANG, "o2")
    again(three, "wuqing", "tongzhou")
    three.cut.add(("langfang", "wuqing"))
    with three.at("langfang"):
        actions.take_over(by=by("he-langfang"), key="t", offer_id=second)
    with three.at("wuqing"):
        asked = actions.recall(by=by("tj-wuqing"), key="c", offer_id=second)
        assert not asked["settled"]
        row = queries.case(by("tj-wuqing"), number)
        assert not queries.possible(by("tj-wuqing"), row).recall, "it is asked once"
        with translation.override("en"):
            assert "Asked back" in str(words.state_of(row, asked_back=recalls.waits(row)))
            assert story.waiting_for(row).startswith("asked back; waits for the node of ")
        with pytest.raises(Conflict, match="recalling"):
            actions.recall(by=by("tj-wuqing"), key="c2", offer_id=second)
        assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", True), "nobody resumes by time-out"
    three.cut.clear()
    at(12, 16)
    three.carry()
    again(three, "langfang", "wuqing")
    for name in ("wuqing", "langfang"):
        assert stand(three, name, number) == (LANGFANG, 1, "in_hand", False)
    with three.at("wuqing"):
        assert Message.objects.filter(kind="too_late").count() == 1
        assert set(Offer.objects.values_list("state", flat=True)) == {"returned", "taken_over"}
        assert Notification.objects.filter(kind="offer_taken_over").count() == 1
        late = Notification.objects.get(kind="recall_too_late")
        assert (late.desk_id, late.params) == (WUQING, {"case": number, "holder": LANGFANG})
        with translation.override("en"):
            assert str(wording.desk_names([LANGFANG])[LANGFANG]) in notices.worded(
                "recall_too_late", late.params
            )
        assert told_of(second) == ["made", "recall_asked", "taken_over", "recall_too_late"]
    with three.at("langfang"):
        assert told_of(second) == ["made", "taken_over", "recall_asked"]


def told_of(offer: str) -> list[str]:
    """What the ledger here says of an offer, in order."""
    rows = Entry.objects.filter(subject__endswith=f"/offer:{offer}").order_by("index")
    return [act.rpartition(".")[2] for act in rows.values_list("act", flat=True)]


def test_a_recall_before_the_answer_gives_the_case_back(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("wuqing"):
        actions.recall(by=by("tj-wuqing"), key="c", offer_id=first)
    three.carry()
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", False)
    with three.at("wuqing"):
        assert told_of(first) == ["made", "recall_asked", "recalled"]
        assert Notification.objects.get(kind="offer_given_back").desk_id == WUQING
    with three.at("tongzhou"):
        assert told_of(first) == ["made", "recalled"]
        assert Duty.objects.get(subject=f"answer:{first}").state == "void"
        with pytest.raises(Conflict, match="offer_settled"):
            actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=first)


def test_what_a_node_cannot_read_comes_back_with_the_reason(three, at):
    number = filed(three)
    with three.at("tongzhou"):
        Procedure.objects.filter(name="food-business-licence").update(body={"other": "示例"})
    first = offered(three, number, TONGZHOU, "o1")
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", False)
    with three.at("wuqing"), translation.override("en"):
        made = Offer.objects.select_related("clause__version").get(pk=first)
        assert made.state == "returned"
        assert "says something else there" in words.reason_of(made)
        assert Notification.objects.filter(kind="offer_returned").exists()
    with three.at("tongzhou"):
        assert not Case.objects.exists()
        assert Notification.objects.get(kind="offer_not_read").desk_id == TONGZHOU
        assert Message.objects.filter(kind="offer").exists()


def test_an_offer_that_the_other_node_refuses_to_store_frees_the_case(three, at):
    number = filed(three)
    with three.at("tongzhou"):
        peers.place(by=SYSTEM, key="away", desks=[TONGZHOU], peer="langfang")
    first = offered(three, number, TONGZHOU, "o1")
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", False)
    with three.at("wuqing"), translation.override("en"):
        made = Offer.objects.select_related("clause__version").get(pk=first)
        assert "the other node could not apply it" in words.reason_of(made)


def office(place: str) -> Any:
    from tongxin.heart.region.acting import Acting
    from tongxin.heart.region.models import Post

    desk = f"{place}/coordination_office"
    post = Post.objects.filter(office__mandates__desk=desk).first() or Post.objects.first()
    return Acting(post=post.id, desk=desk, jurisdiction=place, capabilities=frozenset({"excuse"}))


def test_what_a_silent_partner_did_before_a_holder_was_named_is_stale_and_put_before_both(
    house, loaded, at, tmp_path
):
    places = {
        "wuqing": ["tj-wuqing", "he-langfang/coordination_office"],
        "tongzhou": ["bj-tongzhou"],
        "langfang": [LANGFANG],
    }
    nodes = Nodes(tmp_path, loaded[1], places, jobs=JOBS)
    number = filed(nodes)
    for n in range(3):
        made = offered(nodes, number, TONGZHOU, f"o{n}")
        with nodes.at("tongzhou"):
            actions.return_over(by=by("bj-tongzhou"), key=f"r{n}", offer_id=made, reason="not_competent")
        nodes.carry()
    last = offered(nodes, number, LANGFANG, "o9")
    with nodes.at("langfang"):
        actions.take_over(by=by("he-langfang"), key="t", offer_id=last)
    nodes.carry()
    nodes.cut |= {("langfang", "wuqing"), ("wuqing", "langfang")}
    with nodes.at("langfang"):
        decider = by("he-langfang", "approver")
        actions.decide(by=decider, key="d", number=number, epoch=1, outcome="granted", reason="")
    with nodes.at("wuqing"):
        dispute = Dispute.objects.get()
        for place in ("tj-wuqing", "he-langfang"):
            done = actions.name_holder(
                by=office(place), key=f"n:{place}", dispute=dispute.pk, holder=WUQING, reason="示例"
            )
        assert (done["settled"], done["epoch"]) == (True, 3)
    nodes.cut.clear()
    at(13, 9)
    nodes.carry()
    for name in ("wuqing", "langfang"):
        assert stand(nodes, name, number)[:3] == (WUQING, 3, "in_hand")
        with nodes.at(name):
            assert Notification.objects.filter(kind="case_contested").exists()
            assert [each.what for each in disputes.contested(number)]
    nodes.close()


def test_a_decision_is_reviewed_at_the_deciders_node_and_the_outcome_comes_home(three, at):
    number = refused(three)
    with three.at("wuqing"):
        done = actions.review(by=by("tj-wuqing"), key="v", number=number, reason="示例")
    three.carry()
    assert done["reviewer"].startswith("bj-tongzhou/")
    with three.at("tongzhou"):
        case = Case.objects.get(number=done["case"])
        assert (case.reviews_id, case.reviewed_decision.number, case.state) == (number, 1, "in_hand")
        assert Duty.objects.get(thread=f"case:{case.number}", subject="decide").due_at == case.promise_due_at
        reviewer = replace(office("bj-tongzhou"), desk=case.holder_id, capabilities=frozenset({"review"}))
        actions.conclude(
            by=reviewer, key="c", number=case.number, epoch=0, outcome="sent_back", reason="示例"
        )
    three.carry()
    with three.at("wuqing"):
        row, ended = Case.objects.get(number=number), Case.objects.get(number=done["case"])
        assert (ended.state, ended.outcome) == ("decided", "sent_back")
        assert (row.state, row.holder_id, row.epoch, row.outcome) == ("in_hand", TONGZHOU, 2, "")
        assert not Envelope.objects.filter(state="refused").exists()


def test_a_decision_and_a_withdrawal_that_cross_end_as_withdrawn_on_both_and_say_so(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=first)
    three.carry()
    with three.at("tongzhou"):
        decider = by("bj-tongzhou", "approver")
        actions.decide(by=decider, key="d", number=number, epoch=1, outcome="granted", reason="")
    with three.at("wuqing"):
        actions.withdraw(by=by("tj-wuqing"), key="w", number=number, reason="示例")
    three.carry()
    again(three, "wuqing", "tongzhou")
    again(three, "tongzhou", "wuqing")
    told = set()
    for name, desk in (("wuqing", WUQING), ("tongzhou", TONGZHOU)):
        assert stand(three, name, number) == (TONGZHOU, 1, "withdrawn", False)
        with three.at(name), translation.override("en"):
            row = queries.case(by(desk.partition("/")[0]), number)
            assert (row.decided_at, row.outcome, row.decisions.get().outcome) == (None, "", "granted")
            told.add(crossed.said(row))
            assert applicants.page(number).next == crossed.said(row)
            assert Notification.objects.get(kind="decision_crossed").desk_id == desk
            assert Entry.objects.filter(act="cases.decision.crossed", subject=f"case:{number}").count() == 1
            assert not Envelope.objects.filter(state="refused").exists()
            [counted] = outcomes.outcomes(datetime(2020, 1, 1, tzinfo=clock.BEIJING))
            assert (counted.n, counted.granted, counted.anew, counted.withdrawn) == (1, 1, 0, 1)
    assert len(told) == 1
    assert "the withdrawal counts" in told.pop()


def test_the_applicant_is_told_who_at_the_other_node_saw_what_with_its_next_act(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        taker = by("bj-tongzhou")
        row = queries.case(taker, number)
        sightings.note(row, sights.sight(taker.desk, row))
        actions.take_over(by=taker, key="t", offer_id=first)
    three.carry()
    with three.at("wuqing"):
        seen = [(str(line.desk), line.what, line.why) for line in applicants.page(number).seen]
        assert len(seen) == 1
        assert seen[0][0] == "通州区政务服务中心"
        assert "经营场所" in seen[0][1]
        assert seen[0][2], "and why"
    with three.at("tongzhou"):
        row = queries.case(taker, number)
        sightings.note(row, sights.sight(taker.desk, row))
        decider = by("bj-tongzhou", "approver")
        actions.decide(by=decider, key="d", number=number, epoch=1, outcome="granted", reason="")
    three.carry()
    again(three, "tongzhou", "wuqing")
    with three.at("wuqing"):
        page = applicants.page(number)
        assert len(page.seen) == 2, "once a day and basis, however often it is told"
        assert page.told_at is not None
    with three.at("tongzhou"):
        assert not Envelope.objects.filter(state="refused").exists()


def test_the_end_of_a_review_and_its_withdrawal_that_cross_end_as_the_review_says_on_both(three, at):
    number = refused(three)
    with three.at("wuqing"):
        review = actions.review(by=by("tj-wuqing"), key="v", number=number, reason="示例")["case"]
    three.carry()
    with three.at("tongzhou"):
        desk = Case.objects.get(number=review).holder_id
        reviewer = replace(office("bj-tongzhou"), desk=desk, capabilities=frozenset({"review"}))
        actions.conclude(by=reviewer, key="c", number=review, epoch=0, outcome="changed", reason="示例")
    with three.at("wuqing"):
        actions.withdraw(by=by("tj-wuqing"), key="w", number=review, reason="示例")
    three.carry()
    again(three, "wuqing", "tongzhou")
    again(three, "tongzhou", "wuqing")
    told = set()
    for name in ("wuqing", "tongzhou"):
        with three.at(name), translation.override("en"):
            row, ended = Case.objects.get(number=number), Case.objects.get(number=review)
            assert (ended.state, ended.outcome, ended.ended_at) == ("decided", "changed", None)
            assert (row.state, row.outcome) == ("decided", "granted")
            told.add(crossed.said(ended))
            assert Notification.objects.filter(kind="review_crossed").exists()
            assert Entry.objects.filter(act="cases.review.crossed", subject=f"case:{review}").count() == 1
            assert not Envelope.objects.filter(state="refused").exists()
    assert len(told) == 1
    assert "the end of the review counts" in told.pop()
    with three.at("wuqing"):
        actions.close(by=by("tj-wuqing"), key="close", number=review)
    three.carry()
    with three.at("tongzhou"):
        assert Case.objects.get(number=review).state == "closed"


def test_a_node_whose_key_is_confirmed_later_is_told_then(house, second):
    clerk = by("tj-wuqing")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)["offer"]
    actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=made)
    peers.add(by=SYSTEM, key="add", address="http://localhost:9", identity=second.identity())
    peers.place(by=SYSTEM, key="place", desks=["bj-tongzhou"], peer=second.name)
    actions.add_paper(
        by=clerk, key="p", number=number, kind="floor_plan", name="示例.pdf", pieces=[corpus.pdf()]
    )
    assert lines_jobs.send_lines(caller=second.call) == 0, "nothing goes before the key is confirmed"
    peers.confirm(by=SYSTEM, key="confirm", peer=second.name, fingerprint=second.key)
    assert lines_jobs.send_lines(caller=second.call) == 1
    (told,) = second.got.values()
    assert (told.kind, len(told.body["facts"]["files"])) == ("case_state", 1)
