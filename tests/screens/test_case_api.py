"""The API of cases and the board: the same acts as the screens, with office tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screens import acts
from tongxin.heart.cases import listing


@pytest.fixture
def call(house, client):
    """`call(user, method, path, body)`: with a token of the user's post and a fresh idempotency key."""
    tokens: dict[Any, str] = {}
    count = iter(range(1000))

    def send(who: tuple[str, str], method: str, path: str, body: Any = None, key: str = "") -> Any:
        if who not in tokens:
            tokens[who] = house.token(*who)
        headers = {"authorization": f"Bearer {tokens[who]}", "accept-language": "en"}
        if method == "post":
            headers["idempotency-key"] = key or f"k{next(count)}"
            return client.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)
        return client.get(f"/api/v1{path}", body or {}, headers=headers)

    return send


WUQING, TONGZHOU, LANGFANG = (acts.CLERKS[p] for p in ("tj-wuqing", "bj-tongzhou", "he-langfang"))


def test_a_case_goes_over_the_boundary_by_api_alone(call):
    filed = call(WUQING, "post", "/cases", acts.APPLICATION)
    assert filed.status_code == 201
    number = filed.json()["case"]
    assert filed.headers["Location"] == f"/api/v1/cases/{number}"
    accepted = call(WUQING, "post", f"/cases/{number}/acceptance")
    assert accepted.json()["promise_due_at"] == "2026-03-18T17:00:00+08:00"
    offered = call(
        WUQING, "post", f"/cases/{number}/offers", {"to_desk": "bj-tongzhou/service_centre", "epoch": 0}
    )
    assert offered.status_code == 201
    assert offered.json()["answer_due_at"] == "2026-03-11T14:00:00+08:00"
    offer = offered.json()["offer"]
    assert call(TONGZHOU, "get", "/desk").json()["rows"][0]["what"] == "Answer the offer of the case"
    held = call(TONGZHOU, "post", f"/offers/{offer}/take-over")
    assert held.json() == {"case": number, "holder": "bj-tongzhou/service_centre", "epoch": 1}
    done = call(acts.APPROVER, "post", f"/cases/{number}/decision", {"outcome": "granted", "epoch": 1})
    assert done.json() == {"case": number, "outcome": "granted"}
    shown = call(WUQING, "get", f"/cases/{number}").json()
    assert (shown["state"], shown["may"], shown["applicant"]["applicant_name"]) == (
        "decided",
        ["close", "review"],
        "示例·海棠餐饮店",
    )
    assert [d["state"] for d in shown["duties"]] == ["met", "met"]


def test_a_third_office_is_told_there_is_nothing(house, call):
    number, offer = acts.offered(house)
    assert call(LANGFANG, "get", f"/cases/{number}").status_code == 404
    assert call(LANGFANG, "get", f"/offers/{offer}").status_code == 404
    assert call(LANGFANG, "post", f"/offers/{offer}/take-over").status_code == 404
    assert call(LANGFANG, "get", "/cases").json() == {
        "total": 0,
        "total_more": False,
        "next_offset": None,
        "next_after": None,
        "cases": [],
    }


def test_the_same_key_gives_the_same_answer_and_another_command_is_refused(call):
    first = call(WUQING, "post", "/cases", acts.APPLICATION, key="one")
    assert call(WUQING, "post", "/cases", acts.APPLICATION, key="one").json() == first.json()
    other = call(WUQING, "post", "/cases", acts.APPLICATION | {"decide_at": "he-langfang"}, key="one")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_refusals_name_their_fields(house, call):
    number, offer = acts.offered(house)
    bad = call(TONGZHOU, "post", f"/offers/{offer}/return", {"reason": "too_busy", "remark": "x" * 500})
    assert bad.status_code == 422
    assert "remark" in bad.json()["fields"]
    bad = call(TONGZHOU, "post", f"/offers/{offer}/return", {"reason": "too_busy"})
    assert list(bad.json()["fields"]) == ["reason"]
    stale = call(
        WUQING, "post", f"/cases/{number}/offers", {"to_desk": "tj-baodi/service_centre", "epoch": 7}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_page")


def test_an_office_that_returned_the_case_is_not_told_the_applicant(house, call):
    number, offer = acts.offered(house)
    assert call(TONGZHOU, "get", f"/cases/{number}").json()["may"] == ["take_over"]
    call(TONGZHOU, "post", f"/offers/{offer}/return", {"reason": "not_competent"})
    shown = call(TONGZHOU, "get", f"/cases/{number}").json()
    assert (shown["applicant"], shown["papers"], shown["may"]) == (
        {},
        None,
        [],
    )  # open fields alone, none was given


def test_procedures_are_for_everybody(house, client):
    found = {p["name"]: p for p in client.get("/api/v1/procedures").json()}
    assert set(found) == {"boundary-road-works", "food-business-licence", "pension-transfer"}
    shown = found["food-business-licence"]
    assert (shown["name"], shown["promise"], shown["promise_clock"]) == (
        "food-business-licence",
        "P5D",
        "days",
    )


def test_ties_are_counts_of_what_the_desk_may_see(house, call):
    acts.offered(house)
    assert call(WUQING, "get", "/ties").json() == [
        {
            "field": "services",
            "bound": "bj-tongzhou",
            "owed": "tj-wuqing",
            "count": 1,
            "late": 0,
            "waiting": 0,
        }
    ]
    assert call(LANGFANG, "get", "/ties").json() == []


def test_what_a_list_does_not_know_is_refused_with_what_it_knows(house, call):
    number = acts.filed(house)
    odd = call(WUQING, "get", "/inbox?view=99")
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid")
    assert "Known: after, limit, procedure, q, side, state, tab." in odd.json()["fields"]["view"][0]
    for query, field in (
        ("/inbox?tab=all", "tab"),
        ("/inbox?state=open", "state"),
        ("/inbox?procedure=fishing", "procedure"),
        ("/cases?procedure=fishing", "procedure"),
        ("/cases?place=atlantis", "place"),
        ("/cases?stage=late", "stage"),
        ("/cases?filter=99", "filter"),
        (f"/cases/{number}?view=99", "view"),
        ("/inbox/counts?tab=new", "tab"),
    ):
        answer = call(WUQING, "get", query)
        assert answer.status_code == 422, query
        assert list(answer.json()["fields"]) == [field], query
    assert (
        "food-business-licence" in call(WUQING, "get", "/cases?procedure=x").json()["fields"]["procedure"][0]
    )
    assert call(WUQING, "get", "/cases?place=bj-tongzhou&stage=open").json()["total"] == 1
    assert call(WUQING, "get", "/inbox?tab=new&state=filed&side=here").status_code == 200


def test_the_list_is_counted_so_far_and_goes_on_from_a_line(house, call, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 1)
    numbers = [acts.filed(house, key=key) for key in ("one", "two", "three")][::-1]
    read, after = [], ""
    while True:
        part = call(WUQING, "get", "/cases", {"limit": 1, "after": after}).json()
        read += [row["number"] for row in part["cases"]]
        assert (part["total"], part["total_more"]) == (1, len(read) < len(numbers))
        if (after := part["next_after"]) is None:
            break
    assert read == numbers
    assert call(WUQING, "get", "/cases", {"limit": 2}).json()["next_offset"] == 2
    assert call(WUQING, "get", "/cases", {"limit": 2, "offset": 2}).json()["next_offset"] is None
    assert call(WUQING, "get", "/cases", {"after": "nowhere"}).status_code == 422
