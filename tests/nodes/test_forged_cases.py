"""What a peer may not say of a case: it takes nothing away, fills no number, and adds nothing in the applicant's name."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction

from tests.nodes.test_cases_cross import (
    APPLICATION,
    JOBS,
    LANGFANG,
    TONGZHOU,
    WUQING,
    at,
    by,
    fetched,
    filed,
    offered,
    stand,
    three,
    with_papers,
)
from tongxin.heart.cases import actions, applicants, crossing, lines_papers, papers_store
from tongxin.heart.cases.models import Case, Dispute, Letter, Offer, Paper
from tongxin.heart.exchange import lines_out, wire
from tongxin.heart.exchange.models import Envelope
from tongxin.shared import canonical, clock
from tongxin.shared.errors import Conflict

__all__ = ["JOBS", "at", "three"]
pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]
OFFICE = "bj-tongzhou/coordination_office"
APPLICANT = {"given_by": "applicant", "desk": WUQING, "replaced_by": ""}


def forge(
    nodes: Any, kind: str, number: str, body: dict[str, Any], *, by_desk: str, to: str = "wuqing", **more: Any
) -> str:
    """Say something at the forger's node, signed with its key; return what became of it: ok, or why not.

    With `carry=False` it waits there, and nothing is said of it.
    """
    carries = more.pop("carry", True)
    place = by_desk.partition("/")[0].partition("-")[2]
    with nodes.at(place), transaction.atomic():
        sent = lines_out.put(
            kind, to_node=to, thread=f"case:{number}", body=body, at=clock.now(), from_desk=by_desk,
            to_desk=more.pop("to_desk", WUQING), **more,
        )  # fmt: skip
    if not carries:
        return ""
    nodes.carry()
    with nodes.at(to):
        row = Envelope.objects.get(pk=sent.pk)
        return str(row.reason or "ok")


def facts(nodes: Any, number: str, desk: str, **other: Any) -> dict[str, Any]:
    with nodes.at("wuqing"):
        case = Case.objects.select_related("procedure").get(pk=number)
        return crossing.facts(case, [desk]) | other


def paper(number: str, **other: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "kind": "floor_plan", "title": "示例", "sha256": "0" * 64, "size": 9, "type": "pdf",
        "at": clock.iso(clock.now()),
    } | APPLICANT | other  # fmt: skip


def test_nobody_without_the_part_for_it_takes_a_case_or_adds_to_it(three, at):
    number = filed(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
    three.carry()
    said = {"case": number}
    stood = (WUQING, 0, "accepted", False)

    for desk in (LANGFANG, TONGZHOU):  # one without a part, one that returned an offer
        taken = facts(three, number, desk, holder=desk, epoch=1, state="decided", outcome="granted")
        assert forge(three, "case_state", number, {"facts": taken}, by_desk=desk) == "not_yours"
        tells = said | {"event": "case_suspended", "ground": "papers_missing", "missing": [], "facts": ""}
        assert forge(three, "suspension", number, tells, by_desk=desk, epoch=50) == "not_yours"
        assert forge(three, "suspension", number, tells, by_desk=desk) == "not_yours"
        stale = said | {"about": str(uuid.uuid4()), "holder": desk, "epoch": 9, "fixed": 9}
        assert forge(three, "stale", number, stale, by_desk=desk, epoch=9) == "not_yours"
        with three.at("wuqing"):
            clause = Offer.objects.get(pk=first).clause_id
        mine = said | {"offer": str(uuid.uuid4()), "handed": 0}
        mine["facts"] = facts(three, number, desk, holder=desk, epoch=1)
        forge(three, "offer", number, mine, by_desk=desk, epoch=1, basis=clause)
        assert stand(three, "wuqing", number) == stood

    named = said | {
        "holder": TONGZHOU,
        "epoch": 2,
        "known": [],
        "offices": [OFFICE, "tj-wuqing/coordination_office"],
    }
    assert forge(three, "reassign", number, named, by_desk=OFFICE, epoch=2) == "not_yours"
    for state in ("lapsed", "open"):  # nobody here has proposed that holder
        with three.at("wuqing"):
            Dispute.objects.all().delete()
            Dispute.objects.create(
                case_id=number, offer_id=first, one_office_id="tj-wuqing/coordination_office", other_office_id=OFFICE,
                state=state, opened_at=clock.now(),
            )  # fmt: skip
        assert forge(three, "reassign", number, named, by_desk=OFFICE, epoch=2) == "not_yours"
        assert stand(three, "wuqing", number) == stood
    with three.at("wuqing"):
        Dispute.objects.all().delete()

    stolen = "WUQING-2026-000099"
    for desk, accepting in ((LANGFANG, LANGFANG), (TONGZHOU, TONGZHOU)):
        body = {"facts": facts(three, number, desk, case=stolen, accepting=accepting, holder=desk)}
        assert forge(three, "case_state", stolen, body, by_desk=desk) == "number_not_yours"

    added = facts(three, number, TONGZHOU, files=[paper(number)], papers=["示例"])
    assert forge(three, "case_state", number, {"facts": added}, by_desk=TONGZHOU) == "ok", "and says nothing"
    with three.at("wuqing"):
        assert not Paper.objects.exists()
        assert "示例" not in Case.objects.get(pk=number).papers
        assert not Case.objects.filter(pk=stolen).exists()

    last = offered(three, number, LANGFANG, "o2")
    taken = facts(three, number, TONGZHOU, holder=TONGZHOU, epoch=2)
    assert forge(three, "case_state", number, {"facts": taken}, by_desk=TONGZHOU) == "not_yours"
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", True), (
        "an open offer lets its receiver alone speak"
    )
    with three.at("langfang"):
        actions.take_over(by=by("he-langfang"), key="t", offer_id=last)
    three.carry()
    assert (
        stand(three, "wuqing", number) == stand(three, "langfang", number) == (LANGFANG, 1, "in_hand", False)
    )
    added = facts(three, number, LANGFANG, files=[paper(number)])
    assert forge(three, "case_state", number, {"facts": added}, by_desk=LANGFANG) == "ok"
    with three.at("wuqing"):
        assert not Paper.objects.exists(), "what the applicant gave here comes from nowhere else"


def test_a_hash_alone_opens_no_content(three, at):
    number = with_papers(three)
    first = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        named = Paper.objects.get()
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
        given = APPLICATION | {"decide_at": "tj-wuqing"}
        own = actions.file_case(by=by("bj-tongzhou"), key="f", **given)["case"]
        actions.accept_case(by=by("bj-tongzhou"), key="a", number=own)
        Paper.objects.create(  # its content never came: the hash is all that Tongzhou has
            id=uuid.uuid4(), case_id=own, kind=named.kind, title="示例", sha256=named.sha256, size=named.size,
            type=named.type, given_by="applicant", desk_id=TONGZHOU, post="", at=clock.now(),
        )  # fmt: skip
    three.carry()
    offered(three, own, WUQING, "o2", place="bj-tongzhou")

    def asked() -> None:
        with three.at("tongzhou"):
            letter = lines_papers.Asked(
                from_node="tongzhou", to_node="wuqing", nonce="0" * 32, sent_at=clock.iso(clock.now()), case=own,
                sha256=named.sha256, offset=0,
            )  # fmt: skip
            text = canonical.dumps(letter.model_dump())
            wire.ask(
                "wuqing", three.address("wuqing"), lines_papers.PAPERS, text, lines_papers.Piece, three.call
            )

    def opened() -> bytes:
        with three.at("wuqing"):
            file = Paper.objects.get(case=own)
            _row, content = actions.hand_out(by=by("tj-wuqing"), key="h", number=own, paper=file.pk)
            with content:
                return bytes(content.read())

    with pytest.raises(wire.NotReached, match="refused:no_such_paper"):
        asked()
    assert fetched(three, "wuqing") == 0, "it has not got what it names"
    with pytest.raises(Conflict, match="on_its_way"):
        opened()
    with three.at("wuqing"):
        content = papers_store.path_of(named.sha256).read_bytes()
    with three.at("tongzhou"):  # it has got it after all
        papers_store.keep([content], most=2**30, judge=lambda _path, _size: "pdf")
    at(12, 16)
    assert fetched(three, "wuqing") > 0
    assert opened() == content
    asked()


def test_an_answer_in_words_reaches_the_holder_and_a_complaint_stays_where_it_is_answered(three, at):
    with three.at("wuqing"):
        applicant = actions.applicant_at(WUQING)
    number = filed(three)
    made = offered(three, number, TONGZHOU, "o1")
    with three.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=made)
        actions.suspend(
            by=by("bj-tongzhou"), key="s", number=number, epoch=1, ground="papers_missing", missing=["floor_plan"],
            facts="示例问题",
        )  # fmt: skip
        actions.tell(by=by("bj-tongzhou"), key="w", number=number, text="示例来信")
    three.carry()
    with three.at("wuqing"):
        asked = Case.objects.get(pk=number)
        page = applicants.page(number)
        assert [(row.desk_id, row.text) for row in page.letters] == [(TONGZHOU, "示例来信")]
        assert actions.complaints_desk(asked) == "tj-wuqing/coordination_office"
        assert page.seen_elsewhere, "what Tongzhou sees from now on is noted there"
        assert page.elsewhere == ["通州区政务服务中心"]
        Case.objects.filter(pk=number).update(pauses=[asked.pauses[0] | {"missing": []}])
        actions.supply(by=applicant, key="a", number=number, text="示例回答")
    three.carry()
    with three.at("tongzhou"):
        assert Letter.objects.get(case=number, desk=TONGZHOU, kind="supply").text == "示例回答"
