"""Acts of who keeps the outbox: each one entry, once a key, only over the own jurisdiction's desks."""

from __future__ import annotations

import json

import pytest

from tongxin.heart.exchange import jobs, keeping, sealing
from tongxin.heart.exchange.models import Attempt, Delivery, Subscription
from tongxin.heart.exchange.tests.conftest import BAODI, WUQING
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
HOOK = "https://duty.example.org/hook"


def last() -> Entry:
    return Entry.objects.latest("index")


def made(by, key="make", **more) -> keeping.Once:
    return keeping.subscribe(
        by=by, key=key, **({"desk": WUQING, "connector": "webhook", "target": HOOK} | more)
    )


def test_a_subscription_is_one_act_with_a_secret_that_is_shown_once(house, keeper):
    size = house.size()
    once = made(keeper, kinds=["reminder", "escalation", "reminder"])
    again = made(keeper, kinds=["escalation", "reminder"])
    assert house.size() == size + 1
    assert again.result == once.result
    assert (len(once.secret), again.secret) == (64, None)
    row = Subscription.objects.get()
    assert row.kinds == ["escalation", "reminder"]
    assert once.secret not in row.secret
    assert sealing.secret_of(row) == once.secret
    assert (last().act, last().subject) == (
        "exchange.subscription.made",
        f"desk:{WUQING}/subscription:{row.pk}",
    )
    assert json.loads(bytes(last().payload.body)) == {
        "connector": "webhook", "host": "duty.example.org", "kinds": ["escalation", "reminder"], "active": True,
    }  # fmt: skip


def test_the_entry_of_a_mailbox_names_its_host_and_not_who_it_is(house, keeper):
    made(keeper, connector="email", target="zhang.san@wuqing.example.org")
    assert "zhang.san" not in bytes(last().payload.body).decode()
    assert json.loads(bytes(last().payload.body))["host"] == "wuqing.example.org"


def test_a_mailbox_has_no_secret(house, keeper):
    assert made(keeper, connector="email", target="duty@wuqing.example.org").secret is None
    assert Subscription.objects.get().secret == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"desk": BAODI}, "desk"),
        ({"desk": "tj-wuqing/no_such_desk"}, "desk"),
        ({"connector": "fax"}, "connector"),
        ({"target": "https://10.0.0.1/"}, "target"),
        ({"target": "https://duty.example.org/" + "x" * 400}, "target"),
        ({"kinds": ["no_such_kind"]}, "kinds"),
        ({"kinds": ["delivery_dead"]}, "kinds"),
    ],
)
def test_what_cannot_be_taken_is_told_at_its_field_and_nothing_is_written(house, keeper, wrong, field):
    size = house.size()
    with pytest.raises(Invalid) as refused:
        made(keeper, **wrong)
    assert list(refused.value.fields) == [field]
    assert house.size() == size
    assert not Subscription.objects.exists()


def test_a_connector_that_the_operator_has_not_set_up_is_refused(house, keeper, settings):
    settings.MAIL_READY = False
    with pytest.raises(Invalid) as refused:
        made(keeper, connector="email", target="duty@wuqing.example.org")
    assert list(refused.value.fields) == ["connector"]


def test_one_address_once_and_not_without_end(house, keeper, monkeypatch):
    made(keeper)
    with pytest.raises(Invalid):
        made(keeper, key="again")
    monkeypatch.setattr(keeping, "MOST", 2)
    made(keeper, key="second", target=HOOK + "/2")
    with pytest.raises(Invalid) as refused:
        made(keeper, key="third", target=HOOK + "/3")
    assert list(refused.value.fields) == ["desk"]


@pytest.mark.parametrize("who", ["wuqing-duty", "wuqing-clerk", "auditor"])
def test_only_an_administrator_or_who_registers_agreements(house, who):
    by = house.acting(who)
    for act in (
        lambda: made(by),
        lambda: keeping.replay(by=by, key="k", delivery="x"),
        lambda: keeping.set_active(by=by, key="k", subscription=1, active=False),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_administrator_may_too_and_nobody_over_another_s(house, keeper):
    row = made(house.acting("wuqing-admin")).result["subscription"]
    other = house.acting("baodi-admin")
    for act in (
        lambda: keeping.change(by=other, key="c", subscription=row, target=HOOK),
        lambda: keeping.set_active(by=other, key="s", subscription=row, active=False),
        lambda: keeping.replay_all(by=other, key="r", subscription=row),
    ):
        with pytest.raises(NotFound):
            act()
    assert Subscription.objects.get().active


def test_a_change_gives_what_waits_the_new_address_and_the_new_secret(house, keeper, subscribe, ring, web):
    row = subscribe()
    web.answers = [503, 200]
    ring()
    jobs.send_due()
    once = keeping.change(
        by=keeper,
        key="change",
        subscription=row.pk,
        target=web.address + "/new",
        kinds=["reminder"],
        new_secret=True,
    )
    assert last().act == "exchange.subscription.changed"
    assert once.secret not in {None, row.shown}
    house.clock.move_by(seconds=30)
    assert jobs.send_due() == 1
    assert [path for path, _h, _b in web.got] == ["/hook", "/hook/new"]
    assert [each.target for each in Attempt.objects.order_by("number")] == [web.address, web.address + "/new"]
    fresh = Subscription.objects.get()
    assert sealing.secret_of(fresh) == once.secret
    kept = keeping.change(by=keeper, key="same", subscription=row.pk, target=fresh.target)
    assert kept.secret is None
    assert Subscription.objects.get().secret == fresh.secret
    assert Subscription.objects.get().kinds == []


def test_stop_and_resume_are_acts_and_each_only_once(house, keeper):
    row = made(keeper).result["subscription"]
    assert keeping.set_active(by=keeper, key="s", subscription=row, active=False)["active"] is False
    assert last().act == "exchange.subscription.stopped"
    with pytest.raises(Conflict):
        keeping.set_active(by=keeper, key="s2", subscription=row, active=False)
    keeping.set_active(by=keeper, key="r", subscription=row, active=True)
    assert last().act == "exchange.subscription.resumed"
    with pytest.raises(Conflict):
        keeping.set_active(by=keeper, key="r2", subscription=row, active=True)


def test_a_dead_letter_is_replayed_under_its_id_with_all_its_attempts_anew(
    house, keeper, subscribe, ring, web
):
    web.answers = [410]
    subscribe()
    ring()
    jobs.send_due()
    dead = Delivery.objects.get(state="dead")
    web.answers = [503]
    assert keeping.replay(by=keeper, key="replay", delivery=str(dead.pk))["replayed"] == 1
    assert last().act == "exchange.delivery.replayed"
    for _each in range(jobs.MOST_ATTEMPTS - 1):
        jobs.send_due()
        house.clock.move_to(Delivery.objects.get().next_at)
    web.answers = [200]
    assert jobs.send_due() == 1
    assert Delivery.objects.get().attempts == jobs.MOST_ATTEMPTS
    assert Attempt.objects.count() == jobs.MOST_ATTEMPTS + 1
    assert len(set(web.ids)) == 1
    with pytest.raises(Conflict):
        keeping.replay(by=keeper, key="replay-2", delivery=str(dead.pk))


def test_all_of_a_subscription_are_replayed_in_one_act(house, keeper, subscribe, ring, web):
    web.answers = [410]
    row, other = subscribe(), subscribe(target=web.address + "/other")
    for number in range(3):
        ring(number)
    for _each in range(3):
        jobs.send_due()
    size = house.size()
    assert keeping.replay_all(by=keeper, key="all", subscription=row.pk)["replayed"] == 3
    assert house.size() == size + 1
    assert Delivery.objects.filter(subscription=other, state="dead").count() == 3
    web.answers = [200]
    assert jobs.send_due() == 3
    with pytest.raises(Conflict):
        keeping.replay_all(by=keeper, key="all-2", subscription=row.pk)


def test_nothing_is_replayed_into_a_stopped_subscription(house, keeper, subscribe, ring, web):
    web.answers = [410]
    row = subscribe()
    ring()
    jobs.send_due()
    keeping.set_active(by=keeper, key="stop", subscription=row.pk, active=False)
    for act in (
        lambda: keeping.replay_all(by=keeper, key="all", subscription=row.pk),
        lambda: keeping.replay(by=keeper, key="one", delivery=str(Delivery.objects.get().pk)),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "subscription_stopped"


def test_a_sealed_secret_opens_for_its_own_row_and_key_only(settings):
    sealed = sealing.seal("s3cret", row="subscription:1")
    assert sealing.seal("s3cret", row="subscription:1") != sealed
    assert sealing.unseal(sealed, row="subscription:1") == "s3cret"
    for wrong in (sealed[:-4] + "AAA=", "not base64!", ""):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(wrong, row="subscription:1")
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, row="subscription:2")
    settings.SECRET_KEY = "another-secret-key-of-at-least-32-characters"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, row="subscription:1")
