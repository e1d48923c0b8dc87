"""Small attacks from outside and from inside, each with the answer it gets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.authorisation.histories import WHO, Histories, _accepted, _offered, _returned
from tests.support.world import DEMO_PASSWORD

pytestmark = pytest.mark.once("what is asked is asked of the server, not of the database")
NUMBER = re.compile(rb"[0-9a-f]{8}")
EVIL = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "http:///evil.example/",
)
NO_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def made(house: Any) -> Histories:
    found = Histories(house)
    _accepted(found, "accepted")
    _offered(found, "offered")
    return found


def asked(client: Client, address: str, **more: Any) -> tuple[int, bytes, int]:
    """Status, body without what is drawn anew for each answer, and how many statements it took."""
    with CaptureQueriesContext(connection) as done:
        answer = client.get(address, **more)
    body = re.sub(rb'(csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"', b"", answer.content)
    body = re.sub(rb'(?:class="mono">|name="next" value=")[^<"]*', b"", NUMBER.sub(b"", body))
    return answer.status_code, body, len(done.captured_queries)


@pytest.mark.parametrize(
    ("foreign", "missing"),
    [
        ("/cases/{accepted}/", "/cases/WUQING-2026-999999/"),
        ("/cases/{accepted}/papers/{paper}/", "/cases/WUQING-2026-999999/papers/{paper}/"),
        ("/cases/{accepted}/consents/", "/cases/WUQING-2026-999999/consents/"),
        ("/cases/{accepted}/file/", "/cases/WUQING-2026-999999/file/"),
        ("/api/v1/cases/{accepted}", "/api/v1/cases/WUQING-2026-999999"),
        ("/api/v1/cases/{accepted}/papers", "/api/v1/cases/WUQING-2026-999999/papers"),
        ("/api/v1/cases/{accepted}/papers/{paper}", f"/api/v1/cases/{{accepted}}/papers/{NO_ID}"),
        ("/api/v1/offers/{offer}", f"/api/v1/offers/{NO_ID}"),
        ("/ledger/?subject=case:{accepted}x", "/ledger/?subject=case:WUQING-2026-999999x"),
    ],
)
def test_a_guessed_number_is_answered_like_one_that_does_not_exist(
    made: Histories, foreign: str, missing: str
) -> None:
    """The same words, and as much asked of the database: neither the answer nor its time tells which it was."""
    words = {
        "accepted": made.cases["accepted"],
        "paper": made.papers["accepted"],
        "offer": made.offers["offered"],
    }
    house, headers = made.house, {}
    if foreign.startswith("/api/"):
        client = Client()
        headers = {"headers": {"Authorization": f"Bearer {house.token(*WHO['langfang'])}"}}
    else:
        client = house.client(*WHO["langfang"])
    client.get("/desk/")
    one, other = (asked(client, each.format(**words), **headers) for each in (foreign, missing))
    number = made.cases["accepted"].encode()
    one, other = (
        (status, body.replace(number, b"").replace(b"WUQING-2026-999999", b""), n)
        for status, body, n in (one, other)
    )
    assert one == other
    assert one[0] == (200 if "ledger" in foreign else 404)


def test_an_act_on_a_guessed_number_is_refused_like_one_on_none(made: Histories) -> None:
    from tongxin.heart.cases import actions
    from tongxin.shared.errors import NotFound

    by = made.acting("langfang")
    for number in (made.cases["accepted"], "WUQING-2026-999999"):
        with pytest.raises(NotFound) as refused:
            actions.offer(by=by, key=made.key(), number=number, to_desk="tj-wuqing/service_centre", epoch=0)
        assert refused.value.code == "no_such_case"
    for offer in (made.offers["offered"], NO_ID, "none"):
        with pytest.raises(NotFound) as refused:
            actions.take_over(by=by, key=made.key(), offer_id=offer)
        assert refused.value.code == "no_such_offer"


def test_a_session_gets_another_number_at_login_and_at_a_change_of_post(house: Any) -> None:
    client = Client()
    client.get("/account/login/")
    client.cookies["sessionid"] = "fixedfixedfixedfixedfixedfixed00"
    client.post("/account/login/", {"login": "wuqing-clerk", "password": DEMO_PASSWORD})
    first = client.cookies["sessionid"].value
    assert first != "fixedfixedfixedfixedfixedfixed00"
    seats = re.findall(r'name="seat"[^>]*value="([^"]+)"', client.get("/account/post/").content.decode())
    before = first
    for seat in seats[:2]:
        client.post("/account/post/", {"seat": seat})
        now = client.cookies["sessionid"].value
        assert now != before
        stolen = Client()
        stolen.cookies["sessionid"] = before
        assert stolen.get("/desk/").status_code == 302, "the number before is nobody's"
        before = now
    client.post("/account/logout/")
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/desk/").url.startswith("/account/login/")


def test_cookies_are_for_the_server_alone(house: Any, settings: Any) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "wuqing-clerk", "password": DEMO_PASSWORD})
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert {session["samesite"], csrf["samesite"]} == {"Lax"}
    assert not session["max-age"] or int(session["max-age"]) <= 12 * 3600  # with the window, or twelve hours
    assert (settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE) == (settings.HTTPS, settings.HTTPS)


def test_every_kind_of_answer_carries_the_content_policy(made: Histories) -> None:
    client = made.house.client(*WHO["wuqing"])
    number = made.cases["accepted"]
    answers = [client.get(address) for address in (
        "/", "/desk/", f"/cases/{number}/", "/nothing/", "/people/", "/account/login/", "/health/", "/rules/",
        "/api/v1/cases", "/api/v1/nothing", f"/cases/{number}/?x=%00", "/ledger/",
    )]  # fmt: skip
    answers.append(client.post("/cases/new/", {f"field-{n}": "x" for n in range(1100)}))
    for answer in answers:
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
    paper = client.get(f"/cases/{number}/papers/{made.papers['accepted']}/")
    assert paper["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert paper["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("onward", EVIL)
def test_nobody_is_sent_elsewhere(house: Any, onward: str) -> None:
    client = Client()
    answers = [
        client.post("/account/login/", {"login": "wuqing-clerk", "password": DEMO_PASSWORD, "next": onward})
    ]
    seat = re.findall(r'name="seat"[^>]*value="([^"]+)"', client.get("/account/post/").content.decode())[0]
    answers.append(client.post("/account/post/", {"seat": seat, "next": onward}))
    answers.append(client.post("/language/", {"language": "en", "next": onward}))
    answers.append(client.post("/account/logout/", {"next": onward}))
    for answer in answers:
        assert answer.status_code in {302, 400, 404}
        if answer.status_code == 302:
            assert answer.url.startswith("/")
            assert not answer.url.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "name", ['a"\r\nSet-Cookie: x=1\r\n\r\n<script>.pdf', "é\u202efdp.exe.pdf", "../../etc/passwd\x00.pdf"]
)
def test_a_file_name_writes_no_header_of_its_own(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.tests import corpus

    number, clerk = made.cases["accepted"], made.acting("wuqing")
    paper = actions.add_paper(
        by=clerk, key=made.key(), number=number, kind="safety_rules", name=name, pieces=[corpus.pdf(b"n")]
    )["paper"]  # fmt: skip
    answer = made.house.client(*WHO["wuqing"]).get(f"/cases/{number}/papers/{paper}/")
    said = answer["Content-Disposition"]
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9._-]+\"; filename\*=UTF-8''[A-Za-z0-9._%~-]+", said
    )
    assert "%0D" not in said
    assert "%0A" not in said


def test_another_host_is_not_answered(house: Any) -> None:
    client = house.client(*WHO["wuqing"])
    assert client.get("/desk/", headers={"Host": "evil.example"}).status_code == 400
    page = client.get(
        "/desk/", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    assert page.status_code == 200
    assert b"evil.example" not in page.content


def test_ten_gigabytes_are_refused_before_they_are_read(made: Histories) -> None:
    class Unread:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    client = made.house.client(*WHO["wuqing"])
    number = made.cases["accepted"]
    for address in (f"/cases/{number}/papers/new/", f"/api/v1/cases/{number}/papers"):
        answer = client.generic(
            "POST", address, b"", content_type="multipart/form-data; boundary=x",
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(10 * 2**30)},
        )  # fmt: skip
        assert answer.status_code == 413, address


def test_a_token_opens_its_own_post_only_and_ends_with_it(made: Histories) -> None:
    from tongxin.heart.region.models import Mandate, OfficeToken

    house, client = made.house, Client()
    secret = house.token(*WHO["wuqing_approver"])
    head = {"Authorization": f"Bearer {secret}"}
    number = made.cases["accepted"]
    assert client.get(f"/api/v1/cases/{number}", headers=head).status_code == 200
    accept = client.post(
        f"/api/v1/cases/{number}/acceptance",
        headers={**head, "Idempotency-Key": "k"},
        content_type="application/json",
    )
    assert accept.status_code == 403, "an approver takes no case in"
    assert client.get("/desk/", headers=head).status_code == 302, "a token opens no screen"
    for odd in (
        f"/api/v1/cases/{number}?token={secret}",
        f"/api/v1/cases/{number}?Authorization=Bearer {secret}",
    ):
        assert client.get(odd).status_code == 401
    session = house.client(*WHO["wuqing"])
    assert session.get(f"/api/v1/cases/{number}").status_code == 401, "a session is no token"
    row = OfficeToken.objects.latest("id")
    assert secret not in row.secret_hash
    Mandate.objects.filter(desk=row.desk).update(valid_until=house.clock.at.date())
    row.post.office.valid_until = house.clock.at.date()
    row.post.office.save()
    assert client.get(f"/api/v1/cases/{number}", headers=head).status_code == 401


def test_the_same_key_carries_no_other_act(made: Histories) -> None:
    """A command that was caught and sent once more has no effect; its key carries nothing else."""
    from tongxin.heart.cases import actions
    from tongxin.heart.ledger.models import Entry
    from tongxin.shared.errors import KeyReused

    by, offer = made.acting("tongzhou"), made.offers["offered"]
    first = actions.take_over(by=by, key="caught", offer_id=offer)
    entries = Entry.objects.count()
    assert actions.take_over(by=by, key="caught", offer_id=offer) == first
    with pytest.raises(KeyReused):
        actions.return_over(by=by, key="caught", offer_id=offer, reason="not_competent")
    assert Entry.objects.count() == entries


def test_a_returned_desk_cannot_answer_again(made: Histories) -> None:
    from tongxin.heart.cases import actions
    from tongxin.shared.errors import Conflict

    _returned(made, "returned")
    with pytest.raises(Conflict):
        actions.take_over(by=made.acting("tongzhou"), key=made.key(), offer_id=made.offers["returned"])
