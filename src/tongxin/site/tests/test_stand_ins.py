"""Standing in for who is away: what it gives, what it never gives, how it ends, and what the ledger says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange import queries as rings
from tongxin.heart.exchange.acts import act
from tongxin.heart.ledger.models import Entry, Payload
from tongxin.heart.region import rules
from tongxin.heart.region.holdings import acting_in, seats_of, today
from tongxin.heart.region.models import PostHolding, Substitution
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from tongxin.site.people import actions as people
from tongxin.site.people import stand_ins

pytestmark = pytest.mark.django_db(transaction=True)
POST = "a-ecology_bureau/duty_officer"
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=clock.BEIJING)


@pytest.fixture
def hand(world):
    world.head = make(world, "head", "a-ecology_bureau/head")
    with clock.held_at(NOON) as moving:
        yield moving


def make(world, name, post):
    from tongxin.heart.region.models import Person

    one = Person.objects.create(username=name, display_name=name.title())
    PostHolding.objects.create(post=world.posts[post], person=one, valid_from=world.start)
    world.people[name] = one
    return one


def acting(person, post=""):
    seat = next(s for s in seats_of(person) if s.post.id == post or not post)
    return acting_in(seat, person=person)


def named(world, *, by=None, days=3, **changes):
    given = {
        "post": POST,
        "absent": world.people["duty"].pk,
        "stand_in": world.people["head"].pk,
        "valid_from": today(),
        "valid_until": today() + timedelta(days=days),
    } | changes
    by = by or acting(world.people["duty"])
    return stand_ins.name_stand_in(by=by, key=f"k{Entry.objects.count()}", **given)["substitution"]


def test_a_stand_in_may_what_the_post_may_and_each_act_says_so(world, hand):
    before = rules.read().number
    number = named(world)
    assert rules.read().number == before + 1
    head = world.people["head"]
    assert [s.post.id for s in seats_of(head)] == ["a-ecology_bureau/head", POST]
    by = acting(head, POST)
    assert by.capabilities == frozenset({"report_incident", "confirm"})
    assert by.persons == {head.pk, world.people["duty"].pk}
    with act("people.login.reset", by=by, key="x", request={}) as a:
        a.entry("person:1", payload={"n": 1})
    entry = Entry.objects.order_by("-index").first()
    assert (entry.post, entry.desk) == (POST, "a/ecology_bureau")
    payload = json.loads(bytes(Payload.objects.get(entry=entry).body))
    assert payload == {"n": 1, "stand_in": {"substitution": number, "own_post": "a-ecology_bureau/head"}}


def test_it_ends_by_itself_early_and_with_the_post(world, hand):
    number = named(world, days=2)
    head = world.people["head"]
    hand.move_to(NOON + timedelta(days=1))
    assert len(seats_of(head)) == 2
    hand.move_to(NOON + timedelta(days=2))
    assert [s.post.id for s in seats_of(head)] == ["a-ecology_bureau/head"]
    with pytest.raises(Conflict):
        stand_ins.end(by=acting(head), key="late", substitution=number)
    again = named(world)
    before = rules.read().number
    stand_ins.end(by=acting(head), key="end", substitution=again)
    assert (len(seats_of(head)), rules.read().number) == (1, before + 1)
    named(world)
    PostHolding.objects.filter(person=world.people["duty"]).update(valid_until=today())
    assert len(seats_of(head)) == 1  # whom they stood in for no longer holds the post


def test_who_holds_no_post_any_more_stands_in_for_nobody(world, hand):
    named(world)
    PostHolding.objects.filter(person=world.people["head"]).update(valid_until=today())
    assert seats_of(world.people["head"]) == []


def test_what_rings_the_post_reaches_the_stand_in_in_their_own_seat(world, hand):
    named(world)
    head = world.people["head"]
    held = seats_of(head)
    lent = tuple((s.post.id, s.desk.id) for s in held if s.substitution is not None)
    by = acting_in(held[0], person=head, also=lent)
    with act("people.login.reset", by=by, key="ring", request={}) as a:
        for post in (POST, "a-ecology_bureau/head", None):
            exchange.notify("a/ecology_bureau", "reminder", link="/", at=a.at, dedupe=f"r{post}", post=post)
        a.entry("person:1")
    assert rings.notifications(by).filter(kind="reminder").count() == 3
    assert rings.notifications(replace(by, also=())).filter(kind="reminder").count() == 2
    told = rings.notifications(acting(head)).filter(kind="stand_in_named").get()
    assert told.params["post"] == POST


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stand_in": "duty"}, "stand_in"),
        ({"stand_in": "both"}, "stand_in"),
        ({"stand_in": "elsewhere"}, "stand_in"),
        ({"stand_in": "nobody"}, "stand_in"),
        ({"valid_until": timedelta(0)}, "valid_until"),
        ({"valid_until": timedelta(days=93)}, "valid_until"),
        ({"valid_from": timedelta(days=-1)}, "valid_from"),
    ],
)
def test_what_no_stand_in_can_be(world, hand, changes, field):
    given = {}
    for name, value in changes.items():
        given[name] = today() + value if isinstance(value, timedelta) else world.people[value].pk
    with pytest.raises(Invalid) as refused:
        named(world, **given)
    assert list(refused.value.fields) == [field]
    assert not Substitution.objects.exists()


def test_nobody_else_names_one_and_a_stand_in_passes_nothing_on(world, hand):
    for name in ("head", "elsewhere", "admin-b"):
        with pytest.raises(NotFound):
            named(world, by=acting(world.people[name]))
    number = named(world)
    with pytest.raises(Invalid):
        named(world)  # two on one day
    with pytest.raises(NotAllowed):
        named(world, by=acting(world.people["head"], POST), stand_in=world.people["admin-a"].pk)
    for name in ("elsewhere", "admin-b"):
        with pytest.raises(NotFound):
            stand_ins.end(by=acting(world.people[name]), key=name, substitution=number)
    assert [row.pk for row in stand_ins.seen(acting(world.people["admin-a"]))] == [number]
    assert list(stand_ins.seen(acting(world.people["elsewhere"]))) == []
    stand_ins.end(by=acting(world.people["admin-a"]), key="end", substitution=number)


def test_a_leader_names_colleagues_for_each_other_but_not_themselves(world, hand):
    post = world.posts["a-ecology_bureau/head"]
    post.capabilities = ["confirm", people.MANAGE_ROSTER]
    post.save()
    leader = acting(world.people["head"])
    with pytest.raises(Invalid) as refused:
        named(world, by=leader)
    assert "stand_in" in refused.value.fields
    assert named(world, by=leader, stand_in=world.people["admin-a"].pk)


def test_who_decides_leads_nobody_and_a_leader_lends_no_more_than_their_own(world, hand):
    head, duty = world.posts["a-ecology_bureau/head"], world.posts[POST]
    head.capabilities = ["excuse", "review", people.MANAGE_ROSTER]
    head.save()
    above = {"post": head.id, "absent": world.people["head"].pk, "stand_in": world.people["admin-a"].pk}
    for may in (["confirm", "decide", "excuse"], ["confirm", "excuse", people.MANAGE_ROSTER]):
        duty.capabilities = may
        duty.save()
        by = acting(world.people["duty"])
        assert head.id not in {row.post_id for row in stand_ins.holdings(by)}
        with pytest.raises(NotFound):
            named(world, by=by, **above)
    assert named(world, by=acting(world.people["head"]), stand_in=world.people["admin-a"].pk)


def test_a_leader_ends_only_what_they_might_have_named(world, hand):
    head, duty = world.posts["a-ecology_bureau/head"], world.posts[POST]
    head.capabilities, duty.capabilities = ["excuse", "review"], ["confirm", people.MANAGE_ROSTER]
    head.save(), duty.save()
    above = {"post": head.id, "absent": world.people["head"].pk, "stand_in": world.people["admin-a"].pk}
    number = named(world, by=acting(world.people["head"]), **above)
    keeper = acting(world.people["duty"])
    assert [stand_ins.may_end(keeper, row) for row in stand_ins.seen(keeper)] == [False]
    with pytest.raises(NotAllowed, match="stand_in_not_yours"):
        stand_ins.end(by=keeper, key="end", substitution=number)
    stand_ins.end(by=acting(world.people["head"]), key="own", substitution=number)
    duty.capabilities = ["confirm", "excuse", "review", people.MANAGE_ROSTER]
    duty.save()
    again = named(world, by=acting(world.people["head"]), **above)
    stand_ins.end(by=acting(world.people["duty"]), key="end-2", substitution=again)


def test_standing_in_gives_no_administration(world, hand):
    number = stand_ins.name_stand_in(
        by=acting(world.people["admin-a"]),
        key="k",
        post="a-coordination_office/admin",
        absent=world.people["admin-a"].pk,
        stand_in=world.people["head"].pk,
        valid_from=today(),
        valid_until=today() + timedelta(days=2),
    )["substitution"]
    by = acting(world.people["head"], "a-coordination_office/admin")
    assert by.stand_in == number
    assert "administer" not in by.capabilities


def test_the_page_names_shows_and_ends_one_and_the_seat_is_chosen(world, hand, client):
    client.force_login(world.people["duty"])
    page = client.get("/stand-ins/", headers={"accept-language": "en"}).content.decode()
    assert "Nobody stands in for anybody" in page
    holding = PostHolding.objects.get(person=world.people["duty"])
    form = {
        "holding": holding.pk, "stand_in": world.people["head"].pk, "key": "form",
        "valid_from": today().isoformat(), "valid_until": (today() + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    assert client.post("/stand-ins/", form | {"valid_until": ""}).status_code == 422
    assert client.post("/stand-ins/", form).status_code == 302
    client.force_login(world.people["head"])
    page = client.get("/account/post/", headers={"accept-language": "en"}).content.decode()
    assert "standing in" in page
    client.post("/account/post/", {"seat": f"{POST}@a/ecology_bureau"})
    page = client.get("/stand-ins/", headers={"accept-language": "en"}).content.decode()
    assert "You stand in for this post." in page
    row = Substitution.objects.get()
    assert client.post(f"/stand-ins/{row.pk}/end/", {"key": "e"}).status_code == 302
    page = client.get("/stand-ins/", headers={"accept-language": "en"}).content.decode()
    assert "You stand in for this post." not in page
