"""A page that is open when the rules change: judged anew at the next submit or refresh, in every process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.support.world import house, loaded, moved_clock
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.cases import actions
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.region import rules
from tongxin.shared.clock import BEIJING
from tongxin.shared.writing import writing
from tongxin.site import page_rules
from tongxin.site.people import actions as people

__all__ = ["house", "loaded", "moved_clock"]
pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[4]
WORDS = "示例：缺少平面图"
CLERK, APPROVER = "{}-services/window_clerk", "bj-tongzhou-services/approver"


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""


@pytest.fixture
def taken(house) -> str:
    """A case of Wuqing's that Tongzhou holds and has to decide."""
    wuqing, tongzhou = (
        house.acting("wuqing-clerk", CLERK.format("tj-wuqing")),
        house.acting("tongzhou-approver", APPROVER),
    )
    number = actions.file_case(by=wuqing, key="f", **APPLICATION)["case"]
    actions.accept_case(by=wuqing, key="a", number=number)
    done = actions.offer(by=wuqing, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    actions.take_over(
        by=house.acting("tongzhou-clerk", CLERK.format("bj-tongzhou")), key="t", offer_id=done["offer"]
    )
    assert tongzhou.desk == Case.objects.get().holder_id
    return number


def barred(*fields: str) -> None:
    """The agreement gets a bar, as a new version would bring it."""
    row = InstrumentVersion.objects.get(id="tongwulang-one-window@1")
    bar = {"id": "kept", "text": {"zh": "不出境", "en": "kept"}, "fields": list(fields)}
    with writing("tests.barred"):
        row.body, row.has_bars = row.body | {"bars": [bar]}, True
        row.save(update_fields=["body", "has_bars"])
        rules.rise()


def raised() -> None:
    with writing("tests.raised"):
        rules.rise()


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = page[page.index(f'action="{action}"') :]
    form = form[: form.index("</form>")]
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form)
    return {name: value.replace("&amp;", "&") for name, value in found}


def decision(client, number: str) -> tuple[str, dict[str, str]]:
    address = f"/cases/{number}/decide/"
    page = client.get(f"/cases/{number}/").content.decode()
    sent = form_of(page, address)
    assert sent["rules"] == str(rules.read().number)
    assert f'<meta name="tongxin-rules" content="{sent["rules"]}"' in page
    assert "credit_code" in sent["shown"]
    return address, sent | {"decide-outcome": "refused", "decide-reason": WORDS, "decide-epoch": "1"}


def test_a_page_whose_sight_ended_is_emptied_and_gives_back_what_was_typed(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    address, sent = decision(client, taken)
    barred("credit_code")
    answer = client.post(address, sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert WORDS in text
    assert APPLICATION["applicant"]["credit_code"] not in text
    assert APPLICATION["applicant"]["premises"] not in text
    assert sent["shown"] not in text.replace("&amp;", "&")
    assert Case.objects.get().state == "in_hand", "nothing was sent"
    assert f'href="/cases/{taken}/"' in text, "the case says what is withheld, and why"
    assert "统一社会信用代码" in text, "which field"
    assert 'href="/agreements/tongwulang-one-window@1/"' in text, "by which agreement's bar"
    assert "不出境" in text, "in the bar's own words"
    assert "武清区政务服务中心" in text, "who can tell more"
    page = client.get(f"/cases/{taken}/").content.decode()
    assert APPLICATION["applicant"]["credit_code"] not in page
    assert "tongwulang-one-window@1/kept" in page, "withheld with its reason"
    assert client.post(address, sent | form_of(page, address)).status_code == 302


def test_of_what_a_page_never_showed_nothing_is_told(taken, house):
    other = house.client("baodi-clerk", CLERK.format("tj-baodi"))
    page = other.get("/desk/").content.decode()
    shown = re.search(r'data-shown="([^"]*)"', page).group(1).replace("&amp;", "&")
    for written in (
        f"case:{taken}=credit_code",
        f"{shown}&case:{taken}=credit_code",
        decision(house.client("tongzhou-approver", APPROVER), taken)[1]["shown"],
    ):
        head = {"Tongxin-Rules": "0", "Tongxin-Shown": written}
        text = other.get("/desk/", headers=head).content.decode()
        assert other.get("/desk/", headers=head).status_code == 409, (
            "what is not theirs to see empties the page"
        )
        assert taken not in text, "and says no word of it"
        assert "统一社会信用代码" not in text


def test_a_page_that_shows_very_much_is_sealed_whole(taken, house, rf):
    request = rf.get("/desk/")
    acting = house.acting("wuqing-clerk", CLERK.format("tj-wuqing"))
    request.acting, request.user = acting, get_user_model().objects.get(username="wuqing-clerk")
    with rules.reading():
        rules.here().shown.update({f"case:X-{n}": {"name": None} for n in range(900)})
        word = page_rules.shown_words(request)
    assert 3_000 < len(word) <= page_rules.MOST
    assert page_rules._sealed(request, {"shown": word})
    assert not page_rules._sealed(request, {"shown": word + "&case:Y=name"})


def test_a_consent_that_was_withdrawn_is_named_with_its_day_and_who_keeps_it(taken, house):
    clerk = house.acting("wuqing-clerk", CLERK.format("tj-wuqing"))
    given = actions.give_consent(by=clerk, key="g", number=taken, who="applicant", fields=["premises"])
    client = house.client("tongzhou-approver", APPROVER)
    address, sent = decision(client, taken)
    actions.withdraw_consent(by=clerk, key="w", consent=given["consent"])
    text = client.post(address, sent).content.decode()
    assert "经营场所（办件" in text
    assert f"{house.clock.at.astimezone(BEIJING):%Y-%m-%d %H:%M}" in text
    assert f'href="/cases/{taken}/consents/"' in text
    assert "武清区政务服务中心" in text


def test_what_changed_for_others_lets_the_page_go_on(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    address, sent = decision(client, taken)
    raised()
    assert client.post(address, sent).status_code == 302
    assert Case.objects.get().state == "decided"


def test_whose_post_ended_gets_the_page_emptied(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    address, sent = decision(client, taken)
    person = house.person("tongzhou-approver")
    admin = house.acting("tongzhou-admin")
    for holding in person.holdings.all():
        people.end_holding(by=admin, key=f"e{holding.pk}", holding=holding.pk)
    answer = client.post(address, sent)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert WORDS in text
    assert "副中心政务服务中心" in text, "the post that ended"
    assert f"{house.clock.at.astimezone(BEIJING):%Y-%m-%d}" in text, "since when"
    assert "通州区的管理员" in text, "who can tell more"
    assert Case.objects.get().state == "in_hand"


def test_whoever_lost_one_post_of_two_sends_nothing_in_the_other(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    address, sent = decision(client, taken)
    post = house.person("tongzhou-approver").holdings.get(post_id=APPROVER)
    people.end_holding(by=house.acting("tongzhou-admin"), key="e", holding=post.pk)
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "副中心政务服务中心" in answer.content.decode()
    assert Case.objects.get().state == "in_hand"


def test_a_refresh_that_says_its_number_is_judged_too(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    _address, sent = decision(client, taken)
    head = {"Tongxin-Rules": sent["rules"], "Tongxin-Shown": sent["shown"]}
    assert client.get(f"/cases/{taken}/", headers=head).status_code == 200
    barred("premises")
    assert client.get(f"/cases/{taken}/", headers=head).status_code == 409
    assert client.get(f"/cases/{taken}/").status_code == 200


def test_a_page_that_one_returns_to_can_ask(taken, house):
    client = house.client("tongzhou-approver", APPROVER)
    _address, sent = decision(client, taken)
    asked = {"rules": sent["rules"], "shown": sent["shown"]}
    assert client.get("/rules/", asked).json() == {"number": int(sent["rules"]), "allowed": True}
    raised()
    assert client.get("/rules/", asked).json() == {"number": int(sent["rules"]) + 1, "allowed": True}
    barred("premises")
    assert client.get("/rules/", asked).json()["allowed"] is False
    assert house.client().get("/rules/", asked).json()["allowed"] is False
    for odd in ({"rules": "x"}, {"rules": "1", "shown": "case%3A=&&&=;" * 900}, {}):
        assert client.get("/rules/", odd).status_code == 200


def test_pages_for_anybody_carry_no_number(house):
    page = house.client().get("/account/login/").content.decode()
    assert "csrfmiddlewaretoken" in page
    assert "tongxin-rules" not in page
    assert 'name="rules"' not in page


def test_the_number_is_read_once_a_request(taken, house, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    client = house.client("tongzhou-approver", APPROVER)
    client.get(f"/cases/{taken}/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/cases/{taken}/")
    assert sum("region_rulesnumber" in query["sql"] for query in asked.captured_queries) == 1


CHILD = """
import sys
from django.conf import settings
import django
django.setup()
from django.db import connections
connections.databases["default"]["NAME"] = sys.argv[1]
from tongxin.heart.agreements import judge
from tongxin.heart.region import rules
from tongxin.shared import clock
from datetime import datetime
with clock.held_at(datetime.fromisoformat(sys.argv[3])):
    for _line in sys.stdin:
        with rules.reading():
            found = judge.may("bj-tongzhou/service_centre", "see", judge.known(sys.argv[2]), "credit_code")
        print(found.yes, found.why_not, found.rules, flush=True)
"""


def test_another_process_sees_the_change_at_its_next_request(taken, house):
    given = connection.settings_dict
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TONGXIN_DATABASE_URL", "TONGXIN_DATA") if name in os.environ}  # fmt: skip
    environment |= {
        "PYTHONPATH": "src",
        "TONGXIN_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "tongxin.site.settings",
    }
    other = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(given["NAME"]), f"case:{taken}", house.clock.at.isoformat()],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def asked() -> list[str]:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write("?\n")
        other.stdin.flush()
        return other.stdout.readline().split()

    try:
        number = rules.read().number
        assert asked() == ["True", str(number)]
        barred("credit_code")
        assert asked() == ["False", "barred", str(number + 1)]
        assert Offer.objects.count() == 1
    finally:
        other.stdin.close()
        other.wait(20)
