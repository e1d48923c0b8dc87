"""Commands over HTTP: the same key has one effect, another body is refused, and of many who take over one wins."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.test import Client

from tests.authorisation.scene import APPLICANT, PAPERS, POSTS, TONGZHOU

NOBODY = "00000000-0000-4000-8000-000000000000"  # a name nobody has; the same in every worker

FILE = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "applicant": APPLICANT,
    "papers": PAPERS,
}


@pytest.fixture
def call(house):
    """`call("wuqing-clerk", "/cases", {...}, key="k")`: a POST with the token of that seat."""
    tokens: dict[str, str] = {}

    def post(who, path, body=None, *, key="a-key", **headers):
        if who and who not in tokens:
            tokens[who] = house.token(who, POSTS.get(who, ""))
        given = {"Authorization": f"Bearer {tokens[who]}"} if who else {}
        given |= {"Idempotency-Key": key} if key is not None else {}
        return Client(raise_request_exception=False).post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=given | headers
        )

    return post


@pytest.fixture
def offered(call):
    """A case that is offered to Tongzhou; the offer's id."""
    number = call("wuqing-clerk", "/cases", FILE, key="file").json()["case"]
    call("wuqing-clerk", f"/cases/{number}/acceptance", key="accept")
    body = {"to_desk": TONGZHOU, "epoch": 0}
    return call("wuqing-clerk", f"/cases/{number}/offers", body, key="offer").json()["offer"]


def test_the_same_command_twice_is_one_act_with_one_answer(house, call):
    first = call("wuqing-clerk", "/cases", FILE)
    size = house.size()
    again = call("wuqing-clerk", "/cases", FILE)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert house.size() == size


def test_a_key_is_not_used_for_another_command(house, call):
    call("wuqing-clerk", "/cases", FILE)
    size = house.size()
    other = call("wuqing-clerk", "/cases", FILE | {"decide_at": "he-langfang"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert house.size() == size


def test_one_posts_key_is_not_anothers(house, call):
    first = call("wuqing-clerk", "/cases", FILE)
    other = call("langfang-clerk", "/cases", FILE)
    assert first.status_code == other.status_code == 201
    assert first.json()["case"] != other.json()["case"]


@pytest.mark.parametrize("key", [None, "", "x" * 81, "with space", "字"])
def test_a_command_needs_a_sound_key(house, call, key):
    size = house.size()
    answer = call("wuqing-clerk", "/cases", FILE, key=key)
    assert answer.status_code == 422, answer.content
    assert house.size() == size


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic d3U6cGFzcw==", "Bearer tx_0000000000_" + "a" * 5000],
)
def test_a_wrong_token_is_refused(house, call, header):
    answer = call("", "/cases", FILE, **({"Authorization": header} if header else {}))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "token_refused"


def test_a_token_whose_office_no_longer_staffs_the_desk_is_refused(house, call):
    from tongxin.heart.region.models import Mandate

    assert call("wuqing-clerk", "/cases", FILE).status_code == 201
    Mandate.objects.filter(office_id="tj-wuqing-services").update(valid_until=house.clock.at.date())
    assert call("wuqing-clerk", "/cases", FILE, key="next").status_code == 401


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("wuqing-clerk", "/cases/WUQING-2026-999999/acceptance", None),
        ("wuqing-clerk", "/cases/WUQING-2026-999999/offers", {"to_desk": TONGZHOU, "epoch": 0}),
        ("tongzhou-approver", "/cases/nothing/decision", {"outcome": "granted", "epoch": 0}),
        ("tongzhou-clerk", f"/offers/{NOBODY}/take-over", None),
        ("tongzhou-clerk", f"/offers/{NOBODY}/return", {"reason": "not_competent"}),
        ("wuqing-clerk", f"/offers/{NOBODY}/recall", None),
        ("langfang-duty", "/incidents/M-2026-999999/notices", {"to_desk": "tj-baodi/ecology_bureau", "carried": {}}),
        ("baodi-duty", f"/notices/{NOBODY}/confirmation", None),
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(house, call, who, path, body):
    size = house.size()
    answer = call(who, path, body)
    assert answer.status_code == 404, answer.content
    assert set(answer.json()) == {"code", "what", "kept", "todo"}
    assert house.size() == size


def test_sixteen_take_over_one_offer_at_once(house, call, offered):
    from django.db import connections

    from tongxin.heart.cases.models import Case

    token = house.token("tongzhou-clerk", POSTS["tongzhou-clerk"])
    size, together = house.size(), Barrier(16)

    def take(n: int) -> int:
        together.wait(30)
        try:
            return Client(raise_request_exception=False).post(
                f"/api/v1/offers/{offered}/take-over",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"take-{n}"},
            ).status_code  # fmt: skip
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = sorted(pool.map(take, range(16)))
    assert answers == [201] + [409] * 15
    assert house.size() == size + 1
    case = Case.objects.get()
    assert (case.holder_id, case.epoch, case.frozen_by_id) == (TONGZHOU, 1, None)


def test_the_same_take_over_sent_sixteen_times_at_once_is_answered_sixteen_times(house, call, offered):
    from django.db import connections

    token = house.token("tongzhou-clerk", POSTS["tongzhou-clerk"])
    size, together = house.size(), Barrier(16)

    def take(_n: int) -> tuple[int, bytes]:
        together.wait(30)
        try:
            answer = Client(raise_request_exception=False).post(
                f"/api/v1/offers/{offered}/take-over",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one-key"},
            )
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(take, range(16)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert house.size() == size + 1
