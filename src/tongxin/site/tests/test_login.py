"""Logging in: with a post, with a second factor, locked out after too many tries, out at once when a holding ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tongxin.heart.region.models import Person
from tongxin.shared import clock
from tongxin.site.account.adapter import MfaAdapter
from tongxin.site.tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def acting(client):
    return client.get("/account/post/").wsgi_request.acting


def test_a_person_with_one_post_acts_in_it_at_once(client, sign_in):
    assert sign_in("duty").status_code == 302
    who = acting(client)
    assert (who.post, who.desk, who.jurisdiction) == (
        "a-ecology_bureau/duty_officer",
        "a/ecology_bureau",
        "a",
    )
    assert who.capabilities == {"report_incident", "confirm"}


def test_a_person_with_several_posts_chooses_and_may_change(client, sign_in):
    answer = client.post("/account/login/", {"login": "both", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/post/"
    assert acting(client) is None
    client.post("/account/post/", {"seat": "a-ecology_bureau/head@a/ecology_bureau"})
    assert acting(client).post == "a-ecology_bureau/head"
    client.post("/account/post/", {"seat": "a-ecology_bureau/duty_officer@a/ecology_bureau"})
    assert acting(client).post == "a-ecology_bureau/duty_officer"


def test_a_post_one_does_not_hold_is_refused(client, sign_in):
    sign_in("both")
    answer = client.post("/account/post/", {"seat": "b-ecology_bureau/duty_officer@b/ecology_bureau"})
    assert answer.status_code == 422
    assert acting(client) is None


def test_the_choice_goes_back_to_the_page_one_came_from_but_never_elsewhere(client, sign_in):
    sign_in("both")
    seat = "a-ecology_bureau/head@a/ecology_bureau"
    assert client.post("/account/post/", {"seat": seat, "next": "/ledger/"}).url == "/ledger/"
    assert client.post("/account/post/", {"seat": seat, "next": "https://elsewhere.example/"}).url != (
        "https://elsewhere.example/"
    )


def test_a_holding_that_ended_is_gone_at_the_next_request(client, sign_in, world):
    sign_in("duty")
    assert acting(client) is not None
    holding = world.people["duty"].holdings.get()
    holding.valid_until = clock.beijing(clock.now()).date()
    holding.save()
    assert acting(client) is None


def test_a_coordination_office_also_acts_for_desks_nobody_staffs(client, sign_in):
    sign_in("admin-a")
    page = client.get("/account/post/").content.decode()
    assert "a-coordination_office/admin@a/weather_bureau" in page
    assert "b/weather_bureau" not in page


def test_a_post_with_several_desks_says_for_whom_it_acts(client, sign_in):
    """The same post stands there once for each desk: no two lines read alike, and the office's own is named so."""
    sign_in("admin-a")
    page = client.get("/account/post/").content.decode()
    lines = re.findall(r"[^<>]*(?:（本单位）|（代[^<>]*）|, for [^<>]*)", page)
    assert len(lines) > 1, page
    assert len(set(lines)) == len(lines)
    assert sum("本单位" in line or "the office itself" in line for line in lines) == 1


def test_logging_out_takes_the_post_with_it(client, sign_in):
    sign_in("duty")
    client.post("/account/logout/")
    assert client.get("/account/post/").url.startswith("/account/login/")


def test_a_wrong_password_keeps_the_name_and_says_which_of_the_two_is_not_told(client, sign_in):
    answer = sign_in("duty", "wrong")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="duty"' in page
    assert "The name or the password is not right." in page
    assert sign_in("not-there", "wrong").content.decode().count("The name or the password is not right.") >= 1


def test_after_five_wrong_tries_even_the_right_password_waits_and_is_told_how_long(client, sign_in, world):
    with clock.held_at(clock.now()) as hand:
        for _ in range(5):
            assert sign_in("duty", "wrong").status_code == 422
        answer = sign_in("duty")
        assert answer.status_code == 429
        assert re.search(r"locked until \d\d:\d\d \(15 min\)", answer.content.decode())
        assert sign_in("both").status_code == 302, "others are not locked"
        hand.move_by(timedelta(minutes=16))
        client.post("/account/logout/")
        assert sign_in("duty").status_code == 302


def test_the_count_is_in_the_database_so_another_browser_meets_the_same_door(client, sign_in):
    for _ in range(5):
        sign_in("duty", "wrong")
    assert Client().post("/account/login/", {"login": "DUTY ", "password": PASSWORD}).status_code == 429


def test_a_right_password_strikes_earlier_tries_out(client, sign_in):
    for _ in range(4):
        sign_in("duty", "wrong")
    assert sign_in("duty").status_code == 302
    client.post("/account/logout/")
    assert sign_in("duty", "wrong").status_code == 422
    assert sign_in("duty").status_code == 302


def test_nobody_signs_up_and_nobody_resets_by_mail(client, db):
    for address in ("/account/signup/", "/account/password/reset/"):
        page = client.get(address)
        assert page.status_code == 200
        assert b'<form method="post" class="form' not in page.content
        assert client.post(address, {"username": "x", "password1": "y"}).status_code == 405


def totp_code(secret):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def enrol(client):
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": totp_code(secret)}).status_code == 302
    return secret


def test_a_second_factor_is_set_up_asked_for_and_kept_encrypted(client, sign_in, world):
    from allauth.mfa.models import Authenticator

    sign_in("duty")
    secret = enrol(client)
    kept = Authenticator.objects.get(user=world.people["duty"], type="totp")
    assert secret not in str(kept.data)
    client.post("/account/logout/")
    answer = sign_in("duty")
    assert answer.url == "/account/2fa/authenticate/"
    assert client.get("/account/post/").url.startswith("/account/login/"), "not in yet"
    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    recovery = Authenticator.objects.get(user=world.people["duty"], type="recovery_codes")
    assert client.post(answer.url, {"code": recovery.wrap().get_unused_codes()[0]}).status_code == 302
    assert acting(client) is not None


def test_wrong_codes_lock_the_second_factor_too(client, sign_in):
    sign_in("duty")
    enrol(client)
    client.post("/account/logout/")
    address = sign_in("duty").url
    for _ in range(5):
        client.post(address, {"code": "000000"})
    assert b"locked until" in client.post(address, {"code": "000000"}).content


def test_where_a_second_factor_is_required_nobody_acts_without(client, sign_in, settings):
    settings.REQUIRE_MFA = True
    answer = client.post("/account/login/", {"login": "duty", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/2fa/"
    assert b"nobody acts with a password alone" in answer.content
    assert acting(client) is None
    enrol(client)
    assert acting(client) is not None


def test_every_account_page_opens(client, sign_in):
    assert client.get("/account/login/").status_code == 200
    sign_in("duty")
    enrol(client)
    for address in (
        "/account/", "/account/post/", "/account/logout/", "/account/password/change/", "/account/reauthenticate/",
        "/account/2fa/", "/account/2fa/reauthenticate/", "/account/2fa/totp/deactivate/",
        "/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/generate/",
        "/account/2fa/recovery-codes/download/", "/account/2fa/webauthn/", "/account/2fa/webauthn/add/",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_a_password_is_changed_and_a_weak_one_refused(client, sign_in):
    sign_in("duty")
    form = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert client.post("/account/password/change/", form).status_code == 200
    form["password1"] = form["password2"] = "four honest words here"
    assert client.post("/account/password/change/", form).status_code == 302
    client.post("/account/logout/")
    assert sign_in("duty", "four honest words here").status_code == 302


def test_whoever_sits_at_an_open_session_cannot_guess_its_password(client, sign_in):
    sign_in("duty")
    new = {"password1": "four honest words here", "password2": "four honest words here"}
    for guess in range(5):
        client.post("/account/password/change/", {"oldpassword": f"guess {guess}", **new})
    assert client.post("/account/password/change/", {"oldpassword": PASSWORD, **new}).status_code == 200
    assert Person.objects.get(username="duty").check_password(PASSWORD)


def test_a_form_opened_in_one_post_is_not_taken_in_another(world):
    browser = Client(enforce_csrf_checks=True)

    def mark():
        return browser.cookies["csrftoken"].value

    browser.get("/account/login/")
    browser.post("/account/login/", {"login": "both", "password": PASSWORD, "csrfmiddlewaretoken": mark()})
    browser.get("/account/post/")
    before = mark()
    head = {"seat": "a-ecology_bureau/head@a/ecology_bureau", "csrfmiddlewaretoken": before}
    assert browser.post("/account/post/", head).status_code == 302
    stale = {"oldpassword": "typed before", "note": "words of mine", "csrfmiddlewaretoken": before}
    answer = browser.post("/account/password/change/", stale)
    assert answer.status_code == 403
    assert "words of mine" in answer.content.decode(), "what was typed is offered back"
    assert "typed before" not in answer.content.decode(), "but never a password"


@pytest.mark.parametrize(
    "address",
    ["/account/post/?next=%00", "/people/99999999999999999999999999/", "/account/login/?next=//evil", "/%00"],
)
def test_odd_addresses_are_refused_and_never_a_fault(client, sign_in, address):
    sign_in("admin-a")
    assert client.get(address).status_code in {200, 302, 400, 404}


def test_nul_in_a_form_is_refused(client, sign_in):
    assert client.post("/account/login/", {"login": "a\x00b", "password": "x"}).status_code == 400


def test_a_sealed_secret_of_another_key_opens_to_nothing_anybody_knows(settings):
    adapter = MfaAdapter()
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-this"
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY = "the-key-that-came-after-it-and-differs"
    first, second = adapter.decrypt(sealed), adapter.decrypt(sealed)
    assert "JBSWY3DPEHPK3PXP" not in {first, second}
    assert first != second
    assert len(first) == 32
