"""Papers through screens, API and command line: the same files, the same refusals."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.screens import acts
from tongxin.heart.cases import actions, papers
from tongxin.heart.cases.models import Case, Paper
from tongxin.heart.cases.tests import corpus
from tongxin.heart.ledger.models import Entry

pytestmark = pytest.mark.usefixtures("in_english")
CLERK, TAKER = "tj-wuqing-services/window_clerk", "bj-tongzhou-services/window_clerk"
SEEN = ["application_form", "business_licence", "safety_rules"]


@pytest.fixture
def clerk(house):
    return english(house.client("wuqing-clerk", CLERK))


@pytest.fixture
def taker(house):
    return english(house.client("tongzhou-clerk", TAKER))


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def upload(content=None, name="平面图.pdf", kind="text/html"):
    return SimpleUploadedFile(name, corpus.pdf() if content is None else content, kind)


def typed(**more):
    given = {f"given_{name}": text for name, text in acts.APPLICATION["applicant"].items()}
    return (
        {"procedure": "food-business-licence", "decide_at": "bj-tongzhou", "papers": SEEN, "key": "k"}
        | given
        | more
    )


@pytest.fixture
def number(house):
    from tongxin.heart.cases import actions

    return actions.file_case(by=house.acting("wuqing-clerk", CLERK), key="f", **acts.APPLICATION)["case"]


def add(client, number, key="p", **more):
    body = {"kind": "floor_plan", "given_by": "applicant", "key": key, "file": upload()} | more
    return client.post(f"/cases/{number}/papers/new/", body)


def test_an_application_is_filed_with_its_files(house, clerk):
    sent = clerk.post("/cases/new/", typed(file_floor_plan=upload()))
    assert sent.status_code == 302, sent.content.decode()
    (file,) = Paper.objects.all()
    page = clerk.get(sent.url).content.decode()
    assert f'href="/cases/{file.case_id}/papers/{file.id}/" download>平面图</a>' in page
    assert page.count("seen as original, not kept") == 3


def test_a_file_that_was_taken_need_not_be_chosen_again_when_the_form_comes_back(house, clerk):
    refused = clerk.post("/cases/new/", typed(given_applicant_name="", file_floor_plan=upload()))
    page = unescape(refused.content.decode())
    assert refused.status_code == 422
    assert "Taken in already: 平面图" in page
    kept = re.search('name="kept_floor_plan" value="([^"]+)"', page)[1]
    sent = clerk.post("/cases/new/", typed(kept_floor_plan=kept))
    assert sent.status_code == 302
    assert Paper.objects.get().sha256 == papers.recalled(kept).sha256


def test_all_that_is_wrong_is_told_at_once_at_its_field(house, clerk):
    sent = typed(
        given_applicant_name="", papers=SEEN[:2], file_floor_plan=upload(b"<html>"), file_proxy=upload(b"")
    )
    refused = clerk.post("/cases/new/", sent)
    errors = refused.context["form"].errors
    assert refused.status_code == 422
    assert set(errors) == {"given_applicant_name", "papers", "file_floor_plan", "file_proxy"}
    assert errors["file_proxy"] == ["The file is empty."]
    assert Case.objects.count() == 0


def test_a_sealed_file_of_somebody_else_is_worth_nothing(house, clerk):
    refused = clerk.post("/cases/new/", typed(kept_floor_plan="eyJ4IjoxfQ:1:x"))
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"papers"}


def test_a_paper_is_added_replaced_and_handed_out_to_be_saved(house, clerk, number):
    assert add(clerk, number).status_code == 302
    first = Paper.objects.get()
    form = clerk.get(f"/cases/{number}/papers/new/?replaces={first.id}")
    assert f'name="replaces" value="{first.id}"' in form.content.decode()
    picture = upload(corpus.png(), f'"><script>{corpus.RTL}gnp.exe')
    assert add(clerk, number, "p2", file=picture, replaces=str(first.id)).status_code == 302
    page = clerk.get(f"/cases/{number}/").content.decode()
    assert "replaced:" in page
    assert "<script>" not in page.partition('id="papers"')[2]
    second = Paper.objects.exclude(id=first.id).get()
    answer = clerk.get(f"/cases/{number}/papers/{second.id}/")
    assert b"".join(answer.streaming_content) == corpus.png()
    said = answer.headers
    assert said["Content-Type"] == "image/png"
    assert said["Content-Disposition"].startswith("attachment; filename=")
    assert "exe" not in said["Content-Disposition"].lower().replace("gnp", "")
    assert said["Content-Disposition"].endswith(".png")
    assert said["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (said["X-Content-Type-Options"], said["Cache-Control"]) == ("nosniff", "no-store")
    assert "content-length" in {name.lower() for name in said}


def test_papers_are_closed_to_the_holder_when_consent_to_all_is_withdrawn(house, clerk, taker, number):
    add(clerk, number)
    actions.accept_case(by=house.acting("wuqing-clerk", CLERK), key="a", number=number)
    made = actions.offer(
        by=house.acting("wuqing-clerk", CLERK),
        key="o",
        number=number,
        to_desk="bj-tongzhou/service_centre",
        epoch=0,
    )
    actions.take_over(by=house.acting("tongzhou-clerk", TAKER), key="t", offer_id=made["offer"])
    paper = f"/cases/{number}/papers/{Paper.objects.get().id}/"
    assert taker.get(paper).status_code == 200
    given = {"key": "c", "who": "applicant", "fields": list(acts.APPLICATION["applicant"])}
    assert clerk.post(f"/cases/{number}/consents/", given).status_code == 302
    assert "the papers of the case" in clerk.get(f"/cases/{number}/consents/").content.decode()
    pk = Case.objects.get().consents.get().pk
    assert clerk.post(f"/cases/{number}/consents/{pk}/", {"key": "w"}).status_code == 302
    assert taker.get(paper).status_code == 403
    assert clerk.get(paper).status_code == 200
    page = taker.get(f"/cases/{number}/").content.decode()
    assert "The papers of the case are not shared:" in page
    who = page.partition("May be seen by: ")[2].partition("<")[0]
    assert "Wuqing" in who
    assert "Tongzhou" not in who


def test_a_chinese_name_travels_in_both_forms(house, clerk, number):
    add(clerk, number)
    answer = clerk.get(f"/cases/{number}/papers/{Paper.objects.get().id}/")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"___.pdf\"; filename*=UTF-8''%E5%B9%B3%E9%9D%A2%E5%9B%BE.pdf"
    )


@pytest.mark.parametrize(
    ("more", "field", "why"),
    [
        ({"file": ""}, "file", "The file is empty."),
        (
            {"file": upload(b"MZ\x90\0", "plan.pdf", "application/pdf")},
            "file",
            "This kind of file is not taken.",
        ),
        ({"file": corpus.bomb}, "file", "The archive is a bomb"),
        ({"kind": ""}, "kind", "Choose one of the papers"),
        ({"given_by": ""}, "given_by", "Choose who gave it."),
    ],
)
def test_what_is_not_taken_comes_back_at_its_field(house, clerk, number, more, field, why):
    size = house.size()
    refused = add(clerk, number, **{name: upload(v()) if callable(v) else v for name, v in more.items()})
    assert refused.status_code == 422
    assert refused.context["form"].errors[field][0].startswith(why)
    assert house.size() == size


def test_a_body_larger_than_the_limit_is_refused_before_it_is_read(house, clerk, number, settings):
    class Unread:
        def read(self, *_size):
            raise AssertionError("the body was read")

        readline = read

    token = {
        "HTTP_AUTHORIZATION": f"Bearer {house.token('wuqing-clerk', CLERK)}",
        "HTTP_IDEMPOTENCY_KEY": "k",
    }
    for client, path, more in (
        (clerk, f"/cases/{number}/papers/new/", {}),
        (Client(enforce_csrf_checks=True), "/", {}),
        (Client(), f"/api/v1/cases/{number}/papers", token),
        (Client(), "/account/login/", {"CONTENT_LENGTH": str(2 * 2**20)}),
    ):
        asked = {"CONTENT_LENGTH": str(10 * 2**30), "CONTENT_TYPE": "multipart/form-data; boundary=x",
                 "wsgi.input": Unread()} | more  # fmt: skip
        answer = client.post(path, **asked)
        assert answer.status_code == 413, path


def test_who_was_given_the_case_back_opens_no_paper_and_its_page_shows_none(house, clerk, taker, number):
    add(clerk, number)
    file = Paper.objects.get()
    assert taker.get(f"/cases/{number}/papers/{file.id}/").status_code == 404
    acts_of = house.acting("wuqing-clerk", CLERK), house.acting("tongzhou-clerk", TAKER)
    from tongxin.heart.cases import actions

    actions.accept_case(by=acts_of[0], key="a", number=number)
    made = actions.offer(by=acts_of[0], key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    answer = taker.get(f"/cases/{number}/papers/{file.id}/")
    assert b"".join(answer.streaming_content) == corpus.pdf()
    assert Entry.objects.filter(act="cases.paper.opened").count() == 1
    actions.return_over(by=acts_of[1], key="b", offer_id=made["offer"], reason="not_competent")
    assert taker.get(f"/cases/{number}/papers/{file.id}/").status_code == 403
    page = taker.get(f"/cases/{number}/").content.decode()
    assert str(file.id) not in page
    assert "平面图.pdf" not in page


def test_an_earlier_paper_is_used_with_consent(house, clerk, number):
    add(clerk, number)
    second = clerk.post("/cases/new/", typed(papers=acts.APPLICATION["papers"])).url
    page = clerk.get(f"{second}papers/reuse/")
    paper = str(Paper.objects.get().id)
    assert paper in page.content.decode()
    consent = {
        "paper": paper,
        "consent_by": "示例",
        "consent_how": "在窗口",
        "consent_on": "2026-03-11",
        "key": "u",
    }
    refused = clerk.post(f"{second}papers/reuse/", consent | {"consent_by": ""})
    assert refused.status_code == 422
    assert clerk.post(f"{second}papers/reuse/", consent).status_code == 302
    assert "consent of 示例, 2026-03-11" in clerk.get(second).content.decode()


def test_over_the_api(house, number):
    bearer = {"Authorization": f"Bearer {house.token('wuqing-clerk', CLERK)}", "Accept-Language": "en"}
    client = Client(raise_request_exception=False)
    url = f"/api/v1/cases/{number}/papers"

    def send(key="k", **body):
        return client.post(
            url, {"kind": "floor_plan", "file": upload()} | body, headers=bearer | {"Idempotency-Key": key}
        )

    made = send()
    assert made.status_code == 201, made.content
    assert send().json() == made.json()
    again = send("k2")
    assert (again.status_code, again.json()["code"]) == (409, "same_paper")
    for content, why in (
        (b"<svg/>", "Web pages"),
        (corpus.docx({"a/../../b": b"x"}), "A file in the archive"),
    ):
        refused = send("k3", file=upload(content))
        assert refused.status_code == 422
        assert refused.json()["fields"]["file"][0].startswith(why)
    assert send("k4", replaces=made.json()["paper"], file=upload(corpus.png())).status_code == 201
    listed = client.get(url, headers=bearer).json()
    assert [file["type"] for file in listed["files"]] in (["png", "pdf"], ["pdf", "png"])
    assert listed["seen_as_originals"] == SEEN
    got = client.get(made.json()["url"], headers=bearer)
    assert b"".join(got.streaming_content) == corpus.pdf()
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.get(made.json()["url"]).status_code == 401
    taken = client.post(
        f"{url}/reuse",
        json.dumps({"paper": made.json()["paper"], "consent_by": "a", "consent_how": "b", "consent_on": "2026-03-11"}),
        content_type="application/json", headers=bearer | {"Idempotency-Key": "k5"},
    )  # fmt: skip
    assert taken.json()["code"] == "not_reusable"  # it is of this very case


def test_on_the_command_line(house, number, tmp_path, monkeypatch):
    from tongxin.site.cli import root

    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.txt").write_bytes(corpus.pdf())
    (tmp_path / "bad.pdf").write_bytes(b"<html>")

    def run(*args, ok=True):
        done = CliRunner().invoke(
            root, ["cases", *args], env={"TONGXIN_TOKEN": house.token("wuqing-clerk", CLERK)}
        )
        assert (done.exception is None) == ok, done.output
        return done.output.strip() if ok else done.exception

    paper = run("paper-add", number, "floor_plan", "plan.txt")
    assert "floor_plan" in run("papers", number)
    assert "stands" in run("papers", number)
    assert run("paper-get", number, paper) == "plan.pdf"
    assert (tmp_path / "plan.pdf").read_bytes() == corpus.pdf()
    assert (
        "is there already"
        in CliRunner()
        .invoke(
            root,
            ["cases", "paper-get", number, paper],
            env={"TONGXIN_TOKEN": house.token("wuqing-clerk", CLERK)},
        )
        .output
    )
    refused = run("paper-add", number, "floor_plan", "bad.pdf", ok=False)
    assert str(refused.fields["file"][0]).startswith("Web pages")
    given = [w for name, text in acts.APPLICATION["applicant"].items() for w in ("-g", f"{name}={text}")]
    seen = [w for kind in SEEN for w in ("-p", kind)]
    second = run("file", "food-business-licence", "bj-tongzhou", *given, *seen, "-p", "floor_plan=plan.txt")
    assert Paper.objects.get(case_id=second).kind == "floor_plan"
    assert run("paper-reuse", second, paper, "--consent-by", "a", "--consent-how", "b", "--consent-on", "2026-03-11",
               ok=False).code == "not_reusable"  # the same file is there already  # fmt: skip
