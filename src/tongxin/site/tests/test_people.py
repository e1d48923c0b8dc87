"""Administration: an administrator keeps the logins, posts, rosters and tokens of one jurisdiction and no other."""

from __future__ import annotations

import re
import uuid

import pytest

from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.models import OfficeToken, Person, PostHolding, RosterShift
from tongxin.heart.region.tokens import TokenRefused, acting_from_token
from tongxin.site.tests.conftest import PASSWORD


@pytest.fixture
def admin(client, sign_in):
    client.cookies["django_language"] = "en"
    assert sign_in("admin-a").status_code == 302
    return client


def key():
    return uuid.uuid4().hex


def new_person(admin, **changes):
    form = {
        "key": key(), "username": "newcomer", "display_name": "New Comer",
        "post": "a-ecology_bureau/head", "valid_from": "2024-01-01", **changes,
    }  # fmt: skip
    return admin.post("/people/new/", form)


def secret_of(answer):
    found = re.search(r"data-secret>([^<]+)<", answer.content.decode())
    return found.group(1) if found else None


def test_every_page_opens(admin, world):
    for address in (
        "/people/",
        "/people/new/",
        f"/people/{world.people['duty'].pk}/",
        "/people/roster/",
        "/people/tokens/",
    ):
        answer = admin.get(address)
        assert answer.status_code == 200, address
        assert answer["Cache-Control"] == "no-store"


def test_only_the_own_jurisdiction_is_seen(admin, world):
    page = admin.get("/people/").content.decode()
    assert "duty" in page
    assert "elsewhere" not in page
    assert "admin-b" not in page
    assert admin.get(f"/people/{world.people['elsewhere'].pk}/").status_code == 404
    assert "b-ecology_bureau" not in admin.get("/people/tokens/").content.decode()


def test_a_new_login_gets_a_password_that_is_shown_once_and_works(admin, sign_in):
    form_key = key()
    answer = new_person(admin, key=form_key)
    password = secret_of(answer)
    assert password is not None
    again = new_person(admin, key=form_key)
    assert again.status_code == 200
    assert secret_of(again) is None, "the same form sent twice makes one login and shows nothing again"
    assert Person.objects.filter(username="newcomer").count() == 1
    admin.post("/account/logout/")
    assert sign_in("newcomer", password).status_code == 302


def test_the_ledger_names_the_post_and_not_the_person(admin):
    new_person(admin)
    acts = list(Entry.objects.order_by("index").values_list("act", "post", "subject"))
    assert ("people.holding.given", "a-coordination_office/admin", "post:a-ecology_bureau/head") in acts
    assert all(
        b"newcomer" not in bytes(e.body) and b"New Comer" not in bytes(e.body) for e in Entry.objects.all()
    )


def test_a_wrong_form_comes_back_with_what_was_typed_and_its_key(admin):
    form_key = key()
    answer = new_person(admin, username="duty", key=form_key)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="duty"' in page
    assert 'value="New Comer"' in page
    assert f'value="{form_key}"' in page
    assert "This user name is taken." in page
    assert new_person(admin, username="Bad Name").status_code == 422


@pytest.mark.parametrize("post", ["b-ecology_bureau/head", "no-such/post"])
def test_a_post_of_another_jurisdiction_cannot_be_given(admin, world, post):
    assert new_person(admin, post=post).status_code == 422
    assert admin.post(
        f"/people/{world.people['duty'].pk}/", {"key": key(), "post": post, "valid_from": "2024-01-01"}
    ).status_code == 422  # fmt: skip


def test_what_belongs_elsewhere_is_not_found_whatever_is_sent(admin, world):
    from tongxin.heart.region.holdings import Seat
    from tongxin.heart.region.tokens import issue
    from tongxin.shared import clock

    other = world.people["elsewhere"]
    seat = Seat(world.posts["b-ecology_bureau/duty_officer"], world.desks["b/ecology_bureau"])
    token, secret = issue(seat, label="x", at=clock.now())
    for address in (
        f"/people/holdings/{other.holdings.get().pk}/end/", f"/people/{other.pk}/reset/", f"/people/{other.pk}/open/",
        f"/people/tokens/{token.pk}/revoke/", "/people/roster/999/remove/",
    ):  # fmt: skip
        assert admin.post(address, {"key": key()}).status_code == 404, address
    assert acting_from_token(secret).post == seat.post.id
    assert other.holdings.get().valid_until is None


def test_who_does_not_administer_is_refused(client, sign_in):
    sign_in("duty")
    for address in ("/people/", "/people/new/", "/people/roster/", "/people/tokens/"):
        assert client.get(address).status_code == 403
    client.post("/account/logout/")
    assert client.get("/people/").url.startswith("/account/login/?next=/people/")


def test_the_post_alone_does_not_make_an_administrator(client, sign_in, world):
    PostHolding.objects.create(
        post=world.posts["b-coordination_office/admin"], person=world.people["nobody"], valid_from=world.start
    )
    sign_in("nobody")
    assert client.get("/people/").status_code == 403


def test_ending_a_holding_shuts_the_person_out_at_the_next_request(admin, world):
    from django.test import Client

    officer = Client()
    officer.post("/account/login/", {"login": "duty", "password": PASSWORD})
    assert officer.get("/account/post/").wsgi_request.acting is not None
    holding = world.people["duty"].holdings.get()
    address = f"/people/holdings/{holding.pk}/end/"
    assert admin.post(address, {"key": key()}).status_code == 302
    assert officer.get("/account/post/").wsgi_request.acting is None
    assert admin.post(address, {"key": key()}).status_code == 409


def test_an_administrator_does_not_end_the_post_he_acts_in(admin, world):
    holding = world.people["admin-a"].holdings.get()
    assert admin.post(f"/people/holdings/{holding.pk}/end/", {"key": key()}).status_code == 409


def test_a_login_shared_with_another_jurisdiction_is_not_taken_over(admin, world):
    PostHolding.objects.create(
        post=world.posts["b-ecology_bureau/head"], person=world.people["duty"], valid_from=world.start
    )
    assert admin.post(f"/people/{world.people['duty'].pk}/reset/", {"key": key()}).status_code == 409
    assert (
        admin.post(f"/people/{world.people['duty'].pk}/open/", {"key": key(), "open": "no"}).status_code
        == 409
    )


def test_a_reset_ends_sessions_and_the_new_password_works(admin, world, sign_in):
    from django.test import Client

    officer = Client()
    officer.post("/account/login/", {"login": "duty", "password": PASSWORD})
    password = secret_of(admin.post(f"/people/{world.people['duty'].pk}/reset/", {"key": key()}))
    assert officer.get("/account/post/").url.startswith("/account/login/")
    assert officer.post("/account/login/", {"login": "duty", "password": password}).status_code == 302


def test_a_closed_login_is_out(admin, world):
    from django.test import Client

    officer = Client()
    officer.post("/account/login/", {"login": "duty", "password": PASSWORD})
    admin.post(f"/people/{world.people['duty'].pk}/open/", {"key": key(), "open": "no"})
    assert officer.get("/account/post/").url.startswith("/account/login/")
    assert officer.post("/account/login/", {"login": "duty", "password": PASSWORD}).status_code != 500
    assert officer.get("/account/post/").url.startswith("/account/login/")


def test_a_shift_is_added_and_taken_off(admin):
    form = {
        "key": key(), "seat": "a-ecology_bureau/head@a/ecology_bureau",
        "from_at": "2099-01-01T08:00", "until_at": "2099-01-02T08:00",
    }  # fmt: skip
    assert admin.post("/people/roster/", form).status_code == 302
    shift = RosterShift.objects.get()
    assert shift.from_at.isoformat() == "2099-01-01T00:00:00+00:00", "typed in Beijing time, kept in UTC"
    assert admin.post("/people/roster/", {**form, "key": key()}).status_code == 422, "twice on one roster"
    wrong = {**form, "key": key(), "until_at": "2098-01-01T08:00"}
    assert admin.post("/people/roster/", wrong).status_code == 422
    assert admin.post(f"/people/roster/{shift.pk}/remove/", {"key": key()}).status_code == 302
    assert not RosterShift.objects.exists()


def test_a_token_is_shown_once_kept_as_a_hash_and_revoked_for_good(admin):
    form = {"key": key(), "seat": "a-ecology_bureau/head@a/ecology_bureau", "label": "the bureau's program"}
    secret = secret_of(admin.post("/people/tokens/", form))
    assert secret_of(admin.post("/people/tokens/", form)) is None
    token = OfficeToken.objects.get()
    assert secret not in token.secret_hash
    who = acting_from_token(secret)
    assert (who.post, who.desk, who.via) == ("a-ecology_bureau/head", "a/ecology_bureau", "api")
    admin.post(f"/people/tokens/{token.pk}/revoke/", {"key": key()})
    with pytest.raises(TokenRefused):
        acting_from_token(secret)


@pytest.mark.parametrize(
    "secret", ["", "tx_", "tx_abc_def", "bearer", "tx_" + "a" * 500, "tx_\x00_x", "密钥"]
)
def test_what_is_no_token_is_refused(world, secret):
    with pytest.raises(TokenRefused):
        acting_from_token(secret)


def test_a_token_ends_with_its_offices_mandate(admin, world):
    from tongxin.heart.region.models import Mandate

    form = {"key": key(), "seat": "a-ecology_bureau/head@a/ecology_bureau", "label": "x"}
    secret = secret_of(admin.post("/people/tokens/", form))
    Mandate.objects.filter(office_id="a-ecology_bureau").update(valid_until="2024-01-01")
    with pytest.raises(TokenRefused):
        acting_from_token(secret)


def test_a_token_never_administers(admin):
    form = {"key": key(), "seat": "a-coordination_office/admin@a/coordination_office", "label": "x"}
    assert "administer" not in acting_from_token(secret_of(admin.post("/people/tokens/", form))).capabilities
