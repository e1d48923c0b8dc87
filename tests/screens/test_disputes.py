"""A competence dispute on screen, over the API and on the command line; the case's page tells it."""

import json

import pytest
from click.testing import CliRunner

from tests.authorisation.scene import APPLICANT, PAPERS, POSTS, TONGZHOU

ENGLISH = {"Accept-Language": "en"}
WUQING = "tj-wuqing/service_centre"


@pytest.fixture
def disputed(house):
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import Dispute

    clerk = house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    taker = house.acting("tongzhou-clerk", POSTS["tongzhou-clerk"])
    number = actions.file_case(
        by=clerk,
        key="f",
        procedure="food-business-licence",
        decide_at="bj-tongzhou",
        applicant=APPLICANT,
        papers=PAPERS,
    )["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    for n in range(4):
        made = actions.offer(by=clerk, key=f"o{n}", number=number, to_desk=TONGZHOU, epoch=0)
        actions.return_over(
            by=taker, key=f"r{n}", offer_id=made["offer"], reason="not_competent", remark="示例备注"
        )
    return Dispute.objects.get(case=number)


def test_both_offices_settle_it_on_its_page(house, disputed):
    one = house.client("wuqing-coordinator", POSTS["wuqing-coordinator"], headers=ENGLISH)
    other = house.client("tongzhou-coordinator", POSTS["tongzhou-coordinator"], headers=ENGLISH)
    page = f"/disputes/{disputed.pk}/"
    for client in (one, other):
        assert page in client.get("/disputes/").content.decode()
        assert page in client.get("/desk/").content.decode(), "what the office owes leads to the dispute"
        shown = client.get(page).content.decode()
        assert "Not for this jurisdiction to decide" in shown
        assert "示例备注" not in shown
        assert APPLICANT["applicant_name"] not in shown
    missing = one.post(f"{page}holder/", {"key": "m", "holder": "", "reason": ""})
    assert missing.status_code == 422
    assert "Say why." in missing.content.decode()
    assert (
        one.post(f"{page}holder/", {"key": "1", "holder": TONGZHOU, "reason": "premises"}).status_code == 302
    )
    assert 'id="name"' not in one.get(page).content.decode(), "it waits for the other office"
    assert "Answer the proposal" in other.get(page).content.decode()
    assert (
        other.post(f"{page}holder/", {"key": "1", "holder": TONGZHOU, "reason": "agreed"}).status_code == 302
    )
    assert "holds the case and decides it" in one.get(page).content.decode()
    late = one.post(f"{page}holder/", {"key": "2", "holder": WUQING, "reason": "late"})
    assert late.status_code == 409


def test_the_case_tells_of_it_and_offers_no_hand_over(house, disputed):
    clerk = house.client("wuqing-clerk", POSTS["wuqing-clerk"], headers=ENGLISH)
    shown = clerk.get(f"/cases/{disputed.case_id}/").content.decode()
    assert "In dispute who is competent." in shown
    assert f"/disputes/{disputed.pk}/" in shown
    assert 'id="offer"' not in shown
    third = house.client("langfang-coordinator", POSTS["langfang-coordinator"], headers=ENGLISH)
    assert third.get(f"/disputes/{disputed.pk}/").status_code == 404


def test_what_came_under_an_older_state_is_shown_to_both(house, disputed):
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.actions import handing
    from tongxin.heart.cases.models import Case
    from tongxin.heart.exchange import actions as exchange
    from tongxin.heart.exchange.acts import act
    from tongxin.shared import clock

    for who in ("wuqing-coordinator", "tongzhou-coordinator"):
        by = house.acting(who, POSTS[who])
        actions.name_holder(by=by, key="n", dispute=disputed.pk, holder=TONGZHOU, reason="示例")
    by = house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    body = {"offer": "7d9f2a54-0a4e-4a0e-9d6f-0c3b7f4c1a11", "handed": 0}
    with act("cases.offer.made", by=by, key="late", request={}) as a:
        late = exchange.send(
            "offer", from_desk=WUQING, to_desk=TONGZHOU, thread=f"case:{disputed.case_id}", at=clock.now(),
            basis=disputed.offer.clause_id, body=body,
        )  # fmt: skip
        handing.received(a, Case.objects.get(), late)
    for who in ("wuqing-clerk", "tongzhou-clerk"):
        shown = (
            house.client(who, POSTS[who], headers=ENGLISH).get(f"/cases/{disputed.case_id}/").content.decode()
        )
        assert "came under an older state of the case" in shown


def test_the_api_and_the_command_line_do_the_same(house, disputed):
    from django.test import Client

    from tongxin.heart.cases import cli
    from tongxin.site.cli import Session

    one = house.token("wuqing-coordinator", POSTS["wuqing-coordinator"])
    other = house.token("tongzhou-coordinator", POSTS["tongzhou-coordinator"])
    client = Client()
    url = f"/api/v1/disputes/{disputed.pk}"
    read = client.get(url, headers={"Authorization": f"Bearer {one}"}).json()
    assert (read["state"], read["case"], read["desks"]) == ("open", disputed.case_id, [WUQING, TONGZHOU])
    assert read["due_at"].endswith("+08:00")
    said = client.post(
        f"{url}/holder",
        json.dumps({"holder": WUQING, "reason": "示例"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {one}", "Idempotency-Key": "1"},
    )
    assert (said.status_code, said.json()["settled"]) == (201, False)

    def run(*words):
        done = CliRunner().invoke(cli.group, list(words), obj=Session(token=other))
        assert done.exception is None, (done.output, done.exception)
        return done.output

    assert "waits" in run("disputes")
    assert f"{WUQING} holds the case (epoch 2)" in run(
        "name-holder", str(disputed.pk), WUQING, "--reason", "示例"
    )
    assert "named" in run("disputes")
