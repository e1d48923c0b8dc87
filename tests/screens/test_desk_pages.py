"""The desk's day on screen, over HTTP and on the command line: lists, one act for several cases, colleagues."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from tests.screens import acts
from tests.support import pages

TONGZHOU = "bj-tongzhou/service_centre"


@pytest.fixture
def wuqing(house):
    return house.client(*acts.CLERKS["tj-wuqing"], headers={"accept-language": "en"})


def page(response) -> str:
    return str(response.content.decode())


def confirmed(client, shown: str):
    """Send what the preview's second form holds."""
    form = shown[shown.index("/cases/bulk/confirm/") :]
    fields = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[: form.index("</form>")]
    )
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return client.post("/cases/bulk/confirm/", sent), sent


def test_a_clerk_finds_what_waits_and_saves_the_filter(house, wuqing):
    received, held = acts.filed(house), acts.accepted(house)
    shown = page(wuqing.get("/cases/inbox/"))
    assert held in shown
    assert received not in shown
    assert received in page(wuqing.get("/cases/inbox/?tab=new"))
    answer = wuqing.post(
        "/cases/views/new/", {"name": "Mine to do", "tab": "hands", "q": held[-6:], "key": "v"}
    )
    shown = page(wuqing.get(answer.url))
    assert 'aria-current="page">Mine to do' in shown
    assert held in shown
    assert wuqing.post(f"/cases/{held}/take/", {"key": "t"}).status_code == 302
    assert held in page(wuqing.get("/cases/inbox/?tab=mine"))
    assert "<b>you</b>" in page(wuqing.get(f"/cases/{held}/"))
    assert wuqing.post(f"/cases/{held}/put-back/", {"key": "b"}).status_code == 302
    assert held not in page(wuqing.get("/cases/inbox/?tab=mine"))


def test_the_preview_writes_nothing_and_a_confirmation_sent_twice_acts_once(house, wuqing):
    first, second, gone = (
        acts.filed(house, key="1"),
        acts.filed(house, key="2"),
        acts.accepted(house, key="3"),
    )
    before = house.size()
    shown = page(wuqing.post("/cases/bulk/", {"act": "accept", "case": [first, second, gone]}))
    assert "2 cases can · 1 left out" in shown
    assert house.size() == before
    from tongxin.heart.cases import actions

    actions.accept_case(by=acts.clerk(house, "tj-wuqing"), key="meanwhile", number=second)
    answer, sent = confirmed(wuqing, shown)
    result = page(wuqing.get(answer.url))
    assert "1 done, 1 not done." in result
    assert "The case has changed since you looked at it." in result
    size = house.size()
    again = wuqing.post("/cases/bulk/confirm/", sent)
    assert (again.url, house.size()) == (answer.url, size)


def test_papers_are_asked_for_after_the_ground_was_given(house, wuqing):
    held = acts.accepted(house)
    shown = page(wuqing.post("/cases/bulk/", {"act": "ask", "case": [held]}))
    assert "Show what would happen" in shown
    asked = {
        "act": "ask",
        "asked": "1",
        "case": [held],
        "ground": "papers_missing",
        "missing": ["floor_plan"],
    }
    shown = page(wuqing.post("/cases/bulk/", asked))
    assert "Is suspended; asked for: Floor plan" in shown
    answer, _sent = confirmed(wuqing, shown)
    assert "1 done, 0 not done." in page(wuqing.get(answer.url))
    assert "Asked for: Floor plan" in page(wuqing.get("/cases/inbox/?tab=asked"))


def test_odd_choices_are_answered_in_words(house, wuqing):
    held = acts.accepted(house)
    assert wuqing.post("/cases/bulk/", {"act": "burn", "case": [held]}).status_code == 422
    nothing = wuqing.post("/cases/bulk/", {"act": "ask", "list": "tab=mine&q=&after=&view="})
    assert nothing.url == "/cases/inbox/?tab=mine&act=ask"
    assert "Choose cases first" in page(wuqing.get(nothing.url))
    assert wuqing.post("/cases/bulk/", {"act": "accept", "case": ["x"] * 500}).status_code == 200
    many = [f"X-{n}" for n in range(101)]
    assert wuqing.post("/cases/bulk/", {"act": "accept", "case": many}).status_code == 422
    assert wuqing.post("/cases/bulk/confirm/", {"act": "give", "to": "x", "case": [held]}).status_code == 302
    assert wuqing.post("/cases/bulk/confirm/", {"act": "export", "case": [held, "x~y"]}).status_code == 200
    assert wuqing.get("/cases/inbox/?after=-~%00&q=%27&tab=x").status_code in {200, 400}


def test_the_api_lists_tries_and_does(house, client):
    held, token = acts.accepted(house), house.token(*acts.CLERKS["tj-wuqing"])
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}

    def post(address, body):
        return client.post(
            f"/api/v1{address}", json.dumps(body), content_type="application/json", headers=headers
        )

    listed = client.get("/api/v1/inbox?tab=hands", headers=headers).json()
    assert [each["number"] for each in listed["cases"]] == [held]
    assert client.get("/api/v1/inbox/counts", headers=headers).json()["counts"]["hands"] == 1
    wanted = {"act": "offer", "to_desk": TONGZHOU, "cases": [{"number": held}]}
    tried = post("/bulk-runs", wanted | {"dry_run": True}).json()
    assert (tried["run"], tried["cases"][0]["done"]) == (None, True)
    seen = wanted | {"cases": [{"number": held, "mark": tried["cases"][0]["mark"]}]}
    done = post("/bulk-runs", seen)
    assert (done.status_code, done.json()["cases"][0]["done"]) == (201, True)
    assert post("/bulk-runs", seen).json() == done.json()
    assert client.get(done.headers["Location"], headers=headers).json() == done.json()


def test_the_command_line_lists_tries_and_does(house):
    from tongxin.site.cli import root

    held, token = acts.accepted(house), house.token(*acts.CLERKS["tj-wuqing"])

    def run(*words):
        return CliRunner().invoke(root, ["--token", token, "cases", *words])

    assert held in run("inbox").output
    assert re.search(r"hands +1", run("counts").output)
    assert run("give", held, "wuqing-approver").exit_code == 0
    assert "示例" in run("inbox", "hands").output
    assert run("put-back", held).exit_code == 0
    tried = run("bulk", "offer", held, "--to-desk", TONGZHOU, "--dry-run")
    assert tried.output.startswith(f"+ {held}")
    assert run("bulk", "offer", held, "--to-desk", TONGZHOU).output.startswith(f"+ {held}")
    assert run("bulk", "offer", held, "--to-desk", TONGZHOU).exit_code == 1


def test_the_language_switch_of_a_page_that_answered_a_form_keeps_what_was_typed(house, wuqing):
    """Without a script it sends the page's own form: what is typed by then comes back, not what had been sent."""
    held = acts.accepted(house)
    ways = {
        "/cases/bulk/": ({"act": "ask", "case": [held]}, {"facts": "typed-later"}, ""),
        "/cases/views/new/": (
            {"name": "", "tab": "hands", "q": "typed-here", "key": "v"},
            {"name": ""},
            "typed-here",
        ),
        f"/cases/{held}/suspension/": (
            {"suspend-ground": "", "suspend-facts": "typed-here", "suspend-epoch": "0", "key": "s"},
            {"suspend-facts": "typed-later"},
            "",
        ),
    }
    before = house.size()
    for address, (sent, later, kept) in ways.items():
        first = wuqing.post(address, sent)
        assert first.status_code in {200, 422}, address
        action, fields = pages.switched(page(first))
        assert action in {"", address}
        again = wuqing.post(address, fields | later)
        assert again.status_code == first.status_code, address
        shown = page(again)
        assert 'lang="zh-Hans"' in shown, address
        assert (kept or "typed-later") in shown, address
        assert kept or "typed-here" not in shown, address
        assert ("data-error-summary" in shown) == ("data-error-summary" in page(first)), address
        assert again.cookies["django_language"].value == "zh-hans"
    assert house.size() == before


def test_a_page_that_answers_with_another_form_is_sent_as_it_was_and_a_plain_one_opened(house, wuqing):
    held = acts.accepted(house)
    asked = {
        "act": "ask",
        "asked": "again",
        "case": [held],
        "ground": "papers_missing",
        "missing": ["floor_plan"],
    }
    before = house.size()
    action, fields = pages.switched(page(wuqing.post("/cases/bulk/", asked)))
    assert "asked for: Floor plan" not in page(wuqing.post(action, fields))
    assert house.size() == before
    dropped = wuqing.post("/no-such-address/", {"text": "typed-here"})
    assert dropped.status_code == 404
    action, fields = pages.switched(page(dropped))
    assert (action, fields["text"]) == ("/no-such-address/", ["typed-here"])
    action, fields = pages.switched(page(wuqing.get("/cases/?stage=all")))
    assert (action, fields["next"]) == ("/i18n/setlang/", ["/cases/?stage=all"])


def test_the_language_switch_never_does_what_was_refused(house, wuqing):
    before = house.size()
    sent = {"name": "Mine", "tab": "hands", "key": "v", "language": "en"}
    answer = wuqing.post("/cases/views/new/", sent)
    assert answer.status_code == 422
    assert "nothing was sent by that" in page(answer)
    assert house.size() == before
    assert wuqing.post("/cases/views/new/", {"name": "Mine", "tab": "hands", "key": "v"}).status_code == 302


def test_an_address_of_a_form_opened_as_a_page_says_so(house, wuqing):
    answer = wuqing.get("/cases/bulk/")
    assert answer.status_code == 405
    assert "only takes what a form sends" in page(answer)
    assert answer["Allow"] == "POST"


def test_an_address_that_names_saved_filters_which_are_gone_says_so(wuqing):
    shown = page(wuqing.get("/cases/inbox/?view=99&side=above"))
    assert "side=above; saved filters no. 99 (deleted, or no longer shared)" in shown
    assert "Shown is the list “In our hands” without it." in shown
    assert "names something that is not here" not in page(wuqing.get("/cases/inbox/?tab=new&side=here"))
