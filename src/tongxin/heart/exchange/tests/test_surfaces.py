"""The outbox on the screen, over the API and on the command line: the same acts, found where one looks for them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner
from django.test import Client

from tongxin.connectors import outbox_cli
from tongxin.heart.exchange import jobs, subscriptions_cli
from tongxin.heart.exchange.models import Delivery, Subscription
from tongxin.heart.exchange.tests.conftest import WUQING
from tongxin.site.cli import Session

pytestmark = pytest.mark.django_db(transaction=True)
COORDINATOR = ("wuqing-coordinator", "tj-wuqing-coordination/coordinator")


@pytest.fixture
def browser(house):
    return house.client(*COORDINATOR, headers={"Accept-Language": "en"})


def page(response) -> str:
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def test_an_empty_outbox_says_what_to_do_next(browser):
    said = page(browser.get("/outbox/"))
    assert "No desk is subscribed yet" in said
    assert 'href="/outbox/subscriptions/"' in said


def test_it_is_found_from_the_notifications_and_from_the_administration(house, browser):
    assert 'href="/outbox/"' in page(browser.get("/notifications/"))
    assert 'href="/outbox/"' in page(house.client("wuqing-admin").get("/people/"))
    assert 'href="/outbox/"' not in page(house.client("wuqing-duty").get("/notifications/"))


def test_the_form_subscribes_and_shows_the_secret_on_that_page_only(browser, house, web):
    sent = {
        "desk": WUQING,
        "connector": "webhook",
        "target": web.address,
        "kinds": ["reminder"],
        "key": "form-1",
    }
    said = page(browser.post("/outbox/subscriptions/", sent))
    (secret,) = re.findall(r"data-secret>([0-9a-f]{64})<", said)
    assert "It is shown here and nowhere again." in said
    again = page(browser.post("/outbox/subscriptions/", sent))
    assert secret not in again
    assert "This was done before" in again
    assert Subscription.objects.count() == 1
    listed = page(browser.get("/outbox/subscriptions/"))
    assert web.address in listed
    assert "A reminder before due" in listed
    assert secret not in listed


def test_a_mailbox_goes_straight_to_its_page(browser):
    sent = {"desk": WUQING, "connector": "email", "target": "duty@wuqing.example.org", "key": "form-1"}
    answer = browser.post("/outbox/subscriptions/", sent, follow=True)
    assert answer.redirect_chain == [(f"/outbox/subscriptions/{Subscription.objects.get().pk}/", 302)]
    assert "The subscription is made." in page(answer)
    assert "new_secret" not in page(answer)


def test_a_refused_form_keeps_what_was_typed(browser):
    sent = {"desk": WUQING, "connector": "webhook", "target": "https://10.0.0.1/x", "key": "form-1"}
    answer = browser.post("/outbox/subscriptions/", sent)
    assert answer.status_code == 422
    assert "This address lies inside the server's own network." in page(answer)
    assert "https://10.0.0.1/x" in page(answer)


def test_the_list_by_state_one_delivery_s_history_and_the_button_that_sends_again(
    browser, house, subscribe, ring, web
):
    row = subscribe()
    web.answers = [410, 200]
    ring(1)
    ring(2, kind="escalation")
    jobs.send_due()
    jobs.send_due()
    said = page(browser.get("/outbox/"))
    assert "the other system answered with status 410" in said
    assert "Given up 1" in said
    assert "Sent 1" in said
    dead = Delivery.objects.get(state="dead")
    filtered = page(browser.get(f"/outbox/?state=sent&subscription={row.pk}&desk={WUQING}"))
    assert str(dead.pk) not in filtered
    assert "Nothing here" in page(browser.get("/outbox/?state=pending"))
    shown = page(browser.get(f"/outbox/{dead.pk}/"))
    for words in (
        "Given up",
        "the other system answered with status 410",
        str(dead.pk),
        web.address,
        '"format": "tongxin.ring/1"',
    ):
        assert words in shown
    answer = browser.post(f"/outbox/{dead.pk}/replay/", {"key": "again"}, follow=True)
    assert "It is sent again." in page(answer)
    assert jobs.send_due() == 1
    assert "Send again" not in page(browser.get(f"/outbox/{dead.pk}/"))


def test_stop_resume_change_and_send_all_again_on_the_subscription_s_page(browser, subscribe, ring, web):
    row = subscribe()
    web.answers = [410]
    ring()
    jobs.send_due()
    place = f"/outbox/subscriptions/{row.pk}/"
    assert "Send all given up again" in page(browser.get(place))
    stopped = page(browser.post(f"{place}active/", {"key": "s", "active": "no"}, follow=True))
    assert "The subscription is stopped." in stopped
    assert "Send all given up again" not in stopped
    assert "Resume it first, then send again." in page(browser.get(f"/outbox/{Delivery.objects.get().pk}/"))
    assert "runs again" in page(browser.post(f"{place}active/", {"key": "r", "active": "yes"}, follow=True))
    assert "1 delivery is sent again." in page(browser.post(f"{place}replay/", {"key": "a"}, follow=True))
    changed = browser.post(place, {"key": "c", "target": web.address + "/2"}, follow=True)
    assert "The subscription is changed." in page(changed)
    secret = page(browser.post(place, {"key": "n", "target": web.address + "/2", "new_secret": "on"}))
    assert re.search(r"data-secret>[0-9a-f]{64}<", secret)


def test_a_filter_that_names_nothing_is_no_filter(browser):
    for odd in (
        "?state=nothing",
        "?subscription=x",
        "?subscription=99999999999999999999",
        "?desk=%3Cb%3E",
        "?page=999",
    ):
        assert browser.get(f"/outbox/{odd}").status_code == 200


def test_pages_of_the_outbox_are_kept_by_no_cache(browser, subscribe):
    place = f"/outbox/subscriptions/{subscribe().pk}/"
    for address in ("/outbox/", "/outbox/subscriptions/", place):
        assert browser.get(address)["Cache-Control"] == "no-store"


# API


@pytest.fixture
def api(house):
    token = house.token(*COORDINATOR)

    def call(method: str, path: str, body=None, key: str = "k"):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        send = getattr(Client(), method)
        if method == "get":
            return send(f"/api/v1{path}", headers=headers)
        return send(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    return call


def test_the_api_subscribes_lists_and_replays(api, house, ring, web):
    ways = api("get", "/connectors").json()
    assert [each["name"] for each in ways["connectors"]] == ["email", "webhook"]
    assert "reminder" in ways["kinds"]
    assert "delivery_dead" not in ways["kinds"]
    answer = api("post", "/subscriptions", {"desk": WUQING, "connector": "webhook", "target": web.address})
    made = answer.json()
    assert answer["Location"] == made["url"] == f"/api/v1/subscriptions/{made['subscription']}"
    assert len(made["secret"]) == 64
    web.answers = [410, 200]
    ring()
    jobs.send_due()
    row = api("get", f"/subscriptions/{made['subscription']}").json()
    assert (row["dead"], row["waiting"], "secret" in row) == (1, 0, False)
    listed = api("get", f"/outbox?state=dead&subscription={row['id']}").json()
    assert listed["total"] == 1
    (one,) = listed["deliveries"]
    assert (one["state"], one["last_error"], one["next_at"]) == ("dead", "http:410", None)
    whole = api("get", f"/outbox/{one['id']}").json()
    assert [each["outcome"] for each in whole["history"]] == ["failed"]
    assert api("post", f"/outbox/{one['id']}/replay", key="r").json() == {"replayed": 1}
    jobs.send_due()
    assert api("get", f"/outbox/{one['id']}").json()["state"] == "sent"
    assert api("post", f"/subscriptions/{row['id']}/replay", key="a").status_code == 409
    assert api("post", f"/subscriptions/{row['id']}/stop", key="s").json()["active"] is False
    assert api("post", f"/subscriptions/{row['id']}/resume", key="u").json()["active"] is True
    changed = api(
        "post", f"/subscriptions/{row['id']}/change", {"target": web.address, "new_secret": True}, key="c"
    )
    assert len(changed.json()["secret"]) == 64


# Command line


@pytest.fixture
def run(house):
    token = house.token(*COORDINATOR)

    def do(group, *words: str):
        done = CliRunner().invoke(group, list(words), obj=Session(token=token), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return do


def test_the_command_line_does_the_same(run, ring, web):
    assert "No subscriptions." in run(subscriptions_cli.group, "list")
    assert "reminder" in run(subscriptions_cli.group, "kinds")
    said = run(subscriptions_cli.group, "add", WUQING, "webhook", web.address, "-k", "reminder")
    number = re.findall(r"subscription  (\d+)", said)[0]
    assert re.search(r"secret        [0-9a-f]{64}", said)
    web.answers = [410, 200]
    ring()
    assert run(outbox_cli.group, "send") == "sent 0 · waiting 0 · given up 1\n"
    listed = run(outbox_cli.group, "list", "--state", "dead")
    assert "http:410" in listed
    delivery = listed.split()[0]
    shown = run(outbox_cli.group, "show", delivery)
    assert "attempt 1" in shown
    assert "failed  http:410" in shown
    assert run(outbox_cli.group, "replay", delivery) == "1 to be sent again\n"
    assert run(outbox_cli.group, "send") == "sent 1 · waiting 0 · given up 0\n"
    assert "stopped; 0 kept unsent" in run(subscriptions_cli.group, "stop", number)
    assert "runs again; 0 to be sent" in run(subscriptions_cli.group, "resume", number)
    secret = run(subscriptions_cli.group, "change", number, "--new-secret", "--quiet")
    assert re.fullmatch(r"[0-9a-f]{64}\n", secret)
    row = Subscription.objects.get()
    assert (row.kinds, row.target) == (["reminder"], web.address)
    run(subscriptions_cli.group, "change", number, "--all-kinds")
    assert Subscription.objects.get().kinds == []
    assert "runs  waiting 0 · given up 0" in run(subscriptions_cli.group, "list")


def test_replay_wants_one_or_all(house):
    done = CliRunner().invoke(outbox_cli.group, ["replay"], obj=Session())
    assert done.exit_code == 2
