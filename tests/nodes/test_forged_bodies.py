"""Bodies that a peer's desk with a part in a case may not send: of another form, or of what is another desk's to say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.nodes.test_cases_cross import APPLICATION, JOBS, LANGFANG, TONGZHOU, WUQING, at, by, offered, three
from tests.nodes.test_forged_cases import facts, forge, paper
from tongxin.heart.cases import actions, lines_forms
from tongxin.heart.cases.models import Case, Letter, Offer
from tongxin.heart.exchange.models import Envelope, Message
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock

__all__ = ["JOBS", "at", "three"]
pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]
ID = "00000000-0000-4000-8000-000000000001"


def held_there(nodes: Any, key: str = "") -> tuple[str, str]:
    """A case that was returned by Langfang and is in Tongzhou's hands; its number and the first offer's id."""
    with nodes.at("wuqing"):
        number = str(actions.file_case(by=by("tj-wuqing"), key=f"f{key}", **APPLICATION)["case"])
        actions.accept_case(by=by("tj-wuqing"), key=f"a{key}", number=number)
    first = offered(nodes, number, LANGFANG, f"o1{key}")
    with nodes.at("langfang"):
        actions.return_over(by=by("he-langfang"), key=f"r{key}", offer_id=first, reason="not_competent")
    nodes.carry()
    last = offered(nodes, number, TONGZHOU, f"o2{key}")
    with nodes.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key=f"t{key}", offer_id=last)
    nodes.carry()
    return number, first


def bodies(number: str, offer: str, told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A right body of each kind."""
    of, holds = {"case": number}, {"holder": TONGZHOU, "epoch": 1}
    return {
        "offer": of | {"offer": ID, "handed": 2, "facts": told},
        "accept": of | {"offer": offer} | holds,
        "refuse": of | {"offer": offer, "reason": "not_competent", "remark": ""},
        "recall": of | {"offer": offer},
        "recalled": of | {"offer": offer},
        "too_late": of | {"offer": offer, "state": "returned"} | holds,
        "stale": of | {"about": offer, "fixed": 0} | holds,
        "propose": of | {"proposal": ID, "holder": TONGZHOU, "known": [ID], "reason": "示例"},
        "reassign": of | holds | {"known": [ID], "offices": [TONGZHOU]},
        "suspension": of | {"event": "case_suspended", "ground": "papers_missing", "missing": ["floor_plan"], "facts": ""},
        "resumption": of | {"event": "case_resumed", "promise_due_at": ""},
        "decision": of | {"event": "case_decided", "outcome": "granted", "decision": 1},
        "withdrawal": of | {"event": "review_withdrawn", "review": number},
        "closing": of | {"event": "case_closed"},
        "supplied": of | {"event": "asked_supplied", "papers": ["floor_plan"], "text": "示例"},
        "letter": of | {"text": "示例"},
        "review": of | {"event": "review_filed", "reviews": number, "decision": 0, "reason": "示例", "facts": told},
        "review_result": of | {"event": "review_result", "outcome": "upheld", "review": number},
        "joint_put": of | {"joint": ID, "outcome": "granted", "reason": "示例"},
        "joint_answer": of | {"joint": ID, "answer": "agree", "reason": "示例"},
        "case_state": {"facts": told},
    }  # fmt: skip


def spoilt(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The same body with one thing wrong: each field of another kind, one more, one less."""
    found = [body | {name: 5 if isinstance(body[name], (str, dict, list)) else "示例"} for name in body]
    found += [
        {k: v for k, v in body.items() if k != name}
        for name in body
        if name not in {"text", "case", "review"}
    ]
    return [*found, body | {"other": "示例"}]


BAD_FACTS: dict[str, Any] = {
    "promise": {"due_at": "2026-02-26T09:30:00.000000Z", "count": {"within": "P5D", "spans": "abc"}},
    "outcome": "示例",
    "pauses": [{"from": "2026-02-14T02:00:00.000000Z", "until": None, "ground": "x", "missing": [], "facts": "", "of": "示例"}],
    "decisions": [{"number": 1, "outcome": "x", "reason": "", "desk": TONGZHOU, "at": "2026-02-14T02:00:00.000000Z", "review": ""}],
}  # fmt: skip


def test_a_body_of_another_form_is_kept_nowhere_whoever_sends_it(three, at):
    number, offer = held_there(three)
    told = facts(three, number, TONGZHOU)
    kinds = bodies(number, offer, told)
    assert set(kinds) == set(lines_forms.FORMS)
    with three.at("wuqing"):
        before = Message.objects.count(), Entry.objects.filter(subject__startswith=f"case:{number}").count()
    for kind, body in kinds.items():
        for wrong in spoilt(body):
            said = forge(three, kind, number, wrong, by_desk=TONGZHOU, epoch=1, carry=False)
            assert said == "", said
    three.carry()
    with three.at("wuqing"):
        came = Envelope.objects.filter(channel__from_node="tongzhou", state="refused")
        assert {row.reason for row in came} == {"wrong_facts"}
        assert came.count() == sum(len(spoilt(body)) for body in kinds.values())
        after = Message.objects.count(), Entry.objects.filter(subject__startswith=f"case:{number}").count()
        assert after == before

    for name, value in BAD_FACTS.items():
        body = {"facts": told | {name: value}}
        assert forge(three, "case_state", number, body, by_desk=TONGZHOU, epoch=1) == "wrong_facts", name
    for name, value in (
        ("within", "P999999D"), ("days", ["2026-13-01"]), ("spans", [["2026-02-31T02:00:00.000000Z"] * 2]), ("form", "on"),
    ):  # fmt: skip
        spoilt_count = copy.deepcopy(told)
        spoilt_count["promise"]["count"][name] = value
        body = {"facts": spoilt_count}
        assert forge(three, "case_state", number, body, by_desk=TONGZHOU, epoch=1) == "wrong_facts", name
    many = [paper(number, desk=TONGZHOU, given_by="desk", sha256=f"{n:064x}") for n in range(201)]
    for count, said in ((201, "wrong_facts"), (200, "ok")):
        body = {"facts": told | {"files": many[:count]}}
        assert forge(three, "case_state", number, body, by_desk=TONGZHOU, epoch=1) == said
    with three.at("wuqing"):
        files = Case.objects.get(pk=number).files
        assert files.count() == 200
        assert len(facts(three, number, TONGZHOU)["files"]) == 200


def test_each_desk_says_what_is_its_own_to_do(three, at):
    number, first = held_there(three)
    kinds = bodies(number, first, facts(three, number, TONGZHOU))
    with three.at("wuqing"):
        acts = Entry.objects.filter(subject__startswith=f"case:{number}").count()
    for kind in (
        "suspension",
        "resumption",
        "decision",
        "withdrawal",
        "closing",
        "supplied",
        "letter",
        "review_result",
    ):
        if kind not in {"suspension", "resumption", "decision", "letter"}:
            assert forge(three, kind, number, kinds[kind], by_desk=TONGZHOU, epoch=1) == "not_yours", kind
        for epoch in (0, 1):
            assert forge(three, kind, number, kinds[kind], by_desk=LANGFANG, epoch=epoch) == "not_yours", kind
    reviewed = {"case": number, "event": "decision_reviewed", "review": number}
    assert forge(three, "review", number, reviewed, by_desk=TONGZHOU, epoch=1) == "not_yours"
    with three.at("wuqing"):
        assert Entry.objects.filter(subject__startswith=f"case:{number}").count() == acts
        assert Case.objects.get(pk=number).state == "in_hand"
        assert not Letter.objects.exists()
    late = kinds["suspension"]
    assert forge(three, "suspension", number, late, by_desk=TONGZHOU, epoch=1) == "ok", (
        "the holder, under its epoch"
    )
    assert forge(three, "suspension", number, late, by_desk=TONGZHOU, epoch=0) == "not_yours", (
        "it had it not yet"
    )

    other, _first = held_there(three, "b")
    with three.at("wuqing"):
        clause = Offer.objects.get(pk=first).clause_id
        frozen = set(Case.objects.values_list("number", "frozen_by"))
    told = facts(three, other, TONGZHOU)
    body = {"case": other, "offer": first, "handed": 2, "facts": told}
    assert forge(three, "offer", other, body, by_desk=TONGZHOU, epoch=1, basis=clause) == "not_yours"
    with three.at("wuqing"):
        assert set(Case.objects.values_list("number", "frozen_by")) == frozen

    stolen = "TONGZHOU-2026-000009"
    mine = facts(three, number, TONGZHOU, case=stolen, accepting=TONGZHOU, holder=WUQING, epoch=0)
    body = {
        "case": stolen, "event": "review_filed", "reviews": number, "decision": 0, "reason": "示例",
        "facts": mine | {"filed_at": clock.iso(clock.now())},
    }  # fmt: skip
    assert forge(three, "review", stolen, body, by_desk=TONGZHOU) == "not_yours"
    with three.at("wuqing"):
        assert not Case.objects.filter(pk=stolen).exists()
