"""The screens of drafts and signing: written, checked, put forward, signed, compared, left; without script."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tongxin.heart.agreements.models import Departure, Draft, InstrumentVersion
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import (
    BAODI,
    CHIEF,
    LANGFANG,
    POSTS,
    WUQING,
    proposed,
    signed,
    stands,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_first_version_stands(house):
    stands(house)


def client(house, who, language="en"):
    place = POSTS[who].partition("-coordination/")[0]
    found = house.client(who, POSTS[who], f"{place}/coordination_office")
    found.cookies["django_language"] = language
    return found


def said(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_a_coordinator_writes_checks_saves_and_puts_forward(house):
    baodi = client(house, BAODI)
    page = said(baodi.get("/agreements/new/"))
    assert "Reads without a fault" in page
    text = texts.water(2).replace("ecology_bureau, of: place", "ecology_buro, of: place")
    page = said(baodi.post("/agreements/new/", {"text": text, "base": text, "do": "check", "key": "a"}))
    assert "ecology_bureau" in page
    line = text[: text.index("ecology_buro")].count("\n") + 1
    assert f'href="#L{line}"' in page
    assert not Draft.objects.exists()
    done = baodi.post("/agreements/new/", {"text": text, "base": text, "do": "save", "key": "b"})
    draft = Draft.objects.get()
    assert done.url == f"/agreements/drafts/{draft.pk}/"
    mended = {"text": texts.water(2), "base": texts.water(2), "edition": "1", "do": "propose", "key": "c"}
    assert baodi.post(done.url, mended).url == "/agreements/river-watch@2/"
    assert "waits for your signature" in said(client(house, LANGFANG).get("/agreements/drafts/"))


@pytest.mark.parametrize(
    ("language", "kept", "none", "why"),
    [
        ("en", "The draft is saved.", "Nothing was proposed", "The text has faults; it was not proposed."),
        ("zh-hans", "草案已保存。", "未提出任何内容", "文字有错误；未提出。"),
    ],
)
def test_a_faulty_text_that_is_to_be_proposed_is_saved_and_said_not_to_be(house, language, kept, none, why):
    baodi = client(house, BAODI, language)
    faulty = texts.water(2).replace("ecology_bureau, of: place", "ecology_buro, of: place")
    fields = {"text": faulty, "base": faulty, "do": "propose", "key": "f"}
    page = said(baodi.post("/agreements/new/", fields), 422)
    head = page.partition("data-error-summary")[2].partition("</ul>")[0]
    assert all(words in head for words in (kept, none, why, "ecology_buro"))
    draft = Draft.objects.get()
    assert draft.text == faulty
    assert f'action="/agreements/drafts/{draft.pk}/"' in page
    fields = {"text": texts.water(2), "base": texts.water(2), "edition": "1", "do": "propose", "key": "g"}
    assert baodi.post(f"/agreements/drafts/{draft.pk}/", fields).url == "/agreements/river-watch@2/"


@pytest.mark.parametrize(
    ("language", "kept", "why", "todo"),
    [
        (
            "en",
            "The draft is saved.",
            "Your office signs for no party of this text.",
            "Let the office of a party propose it.",
        ),
        (
            "zh-hans",
            "草案已保存。",
            "本单位不代表这份文本的任何签约方。",
            "由签约方的单位提出。",
        ),
    ],
)
def test_a_text_of_others_is_told_in_the_editor(house, language, kept, why, todo):
    wuqing = client(house, WUQING, language)
    text = texts.water(1).replace("agreement: river-watch", "agreement: of-others")
    fields = {"text": text, "base": text, "do": "check", "key": "a"}
    told = wuqing.post("/agreements/check/", fields).json()["check"]
    assert why in told
    assert why not in client(house, BAODI).post("/agreements/check/", fields).json()["check"]
    page = said(wuqing.post("/agreements/new/", fields | {"do": "propose"}), 403)
    head = page.partition("data-error-summary")[2].partition("</ul>")[0]
    assert all(words in head for words in (kept, why, todo))
    assert "agreement: of-others" in page.partition('id="text"')[2]
    draft = Draft.objects.get()
    assert (draft.desk_id, draft.text) == ("tj-wuqing/coordination_office", text)
    assert f'action="/agreements/drafts/{draft.pk}/"' in page


def test_a_draft_that_a_colleague_changed_keeps_what_was_typed_in_the_editor(house):
    baodi = client(house, BAODI)
    text = texts.water(2)
    baodi.post("/agreements/new/", {"text": text, "base": text, "do": "save", "key": "s"})
    path = f"/agreements/drafts/{Draft.objects.get().pk}/"
    page = said(
        baodi.post(
            path, {"text": f"# mine\n{text}", "base": text, "do": "propose", "edition": "7", "key": "t"}
        ),
        409,
    )
    assert "yours was not saved" in page
    assert "# mine" in page.partition('id="text"')[2]
    assert Draft.objects.get().text == text


def test_the_form_is_put_into_the_text_without_script(house):
    baodi = client(house, BAODI)
    text = texts.water(2)
    fields = {"f:clauses/#notify-downstream/due/within": "PT45M", "text": text, "base": text, "do": "form"}
    page = said(baodi.post("/agreements/new/", fields))
    assert "within: PT45M" in page
    page = said(baodi.post("/agreements/new/", {"text": text, "base": text, "do": "add", "kind": "share"}))
    assert "kind: share" in page
    answer = baodi.post("/agreements/check/", fields).json()
    assert "PT45M" in answer["text"]
    assert "Reads without a fault" in answer["check"]
    assert 'value="PT45M"' in answer["form"]


def test_a_file_is_taken_in_and_given_out(house):
    baodi = client(house, BAODI)
    upload = SimpleUploadedFile("in.yaml", texts.water(2).encode())
    page = said(baodi.post("/agreements/new/", {"text": "x", "do": "import", "upload": upload}))
    assert "Reads without a fault" in page
    broken = SimpleUploadedFile("in.yaml", b"\xff\xfe\x00")
    assert "in.yaml" in said(baodi.post("/agreements/new/", {"text": "x", "do": "import", "upload": broken}))
    said_text = texts.water(2)
    baodi.post("/agreements/new/", {"text": said_text, "base": said_text, "do": "save", "key": "s"})
    assert baodi.get(f"/agreements/drafts/{Draft.objects.get().pk}/file/").content.decode() == said_text


def test_every_side_reads_and_signs_on_screen(house):
    version, canonical_hash = proposed(house)
    for n, who in enumerate((BAODI, LANGFANG, CHIEF)):
        browser = client(house, who, "zh-hans" if n else "en")
        page = said(browser.get(f"/agreements/{version}/signing/"))
        assert canonical_hash in page
        key = re.findall(r'name="key" value="([^"]+)"', page)[0]
        done = browser.post(f"/agreements/{version}/signature/", {"key": key, "hash": canonical_hash})
        assert done.url == f"/agreements/{version}/"
    assert InstrumentVersion.objects.get(id=version).state == "ratified"
    page = said(client(house, BAODI).get(f"/agreements/{version}/"))
    assert "Ratified" in page
    assert f"/agreements/{version}/difference/?with=river-watch@1" in page


def test_who_is_no_party_does_not_see_what_is_not_signed(house):
    version, _hash = proposed(house)
    for path in (
        f"/agreements/{version}/",
        f"/agreements/{version}/file/",
        f"/agreements/{version}/difference/",
    ):
        assert client(house, WUQING).get(path).status_code == 404
        assert house.client().get(path).status_code == 404
    assert client(house, LANGFANG).get(f"/agreements/{version}/").status_code == 200
    assert version not in said(house.client().get("/agreements/"))


def test_not_signed_with_a_reason(house):
    version, _hash = proposed(house)
    langfang = client(house, LANGFANG)
    page = said(langfang.post(f"/agreements/{version}/refusal/", {"key": "n", "reason": " "}), 422)
    assert "Say why." in page
    langfang.post(f"/agreements/{version}/refusal/", {"key": "m", "reason": "二十分钟太短"})
    draft = Draft.objects.get()
    page = said(client(house, BAODI).get(f"/agreements/{version}/edit/", follow=True))
    assert "二十分钟太短" in page
    assert f"/agreements/drafts/{draft.pk}/" in page
    page = said(client(house, BAODI).get(f"/agreements/drafts/{draft.pk}/difference/"))
    assert "<del>PT1H</del>" in page
    assert "<ins>PT20M</ins>" in page


def test_two_versions_side_by_side(house):
    version = signed(house, texts.water(2, begins="2026-03-12", more=texts.SHARED)).id
    page = said(house.client().get(f"/agreements/{version}/difference/", headers={"accept-language": "en"}))
    assert "<del>PT1H</del>" in page
    assert "see-samples" in page
    bad = house.client().get(f"/agreements/{version}/difference/?with=nothing@9")
    assert bad.status_code == 404


def test_what_follows_is_told_on_the_page(house):
    signed(house, texts.water(2, begins="2026-03-11", more=texts.SHARED))
    page = said(client(house, BAODI).get("/agreements/river-watch@2/"))
    assert "may see: " in page
    assert "joint search for the source" in page
    assert "a party leaves by notice" in page
    leaving = said(client(house, BAODI).get("/agreements/river-watch@2/leaving/"))
    assert "Give notice for Baodi" in leaving
    client(house, BAODI).post("/agreements/river-watch@2/leaving/", {"key": "l", "party": "tj-baodi"})
    departure = Departure.objects.get()
    page = said(client(house, BAODI).get("/agreements/river-watch@2/"))
    assert f"/agreements/departures/{departure.pk}/stay/" in page
    client(house, BAODI).post(f"/agreements/departures/{departure.pk}/stay/", {"key": "s"})
    departure.refresh_from_db()
    assert departure.withdrawn_at is not None


def test_an_ending_is_proposed_and_signed_on_screen(house):
    path = "/agreements/river-watch@1/ending/"
    baodi = client(house, BAODI)
    assert "Say why." in said(baodi.post(path, {"key": "a", "on": "2026-04-01", "reason": ""}), 422)
    assert baodi.post(path, {"key": "b", "on": "2026-04-01", "reason": "取代"}).status_code == 302
    page = said(client(house, LANGFANG).get(path))
    given = re.findall(r'name="hash" value="([0-9a-f]{64})"', page)[0]
    for who in (BAODI, LANGFANG, CHIEF):
        client(house, who).post(f"{path}signature/", {"key": f"e-{who}", "hash": given})
    assert InstrumentVersion.objects.get(id="river-watch@1").end_reason == "terminated"


def test_a_milestone_is_reported_from_the_page(house):
    signed(house, texts.water(2, begins="2026-03-11", more=texts.STAGED))
    from tongxin.heart.agreements import lifecycle

    lifecycle.settle_versions()
    bureau = house.client("langfang-duty")
    page = said(bureau.get("/agreements/river-watch@2/"))
    assert "station-built" in page
    done = bureau.post("/agreements/river-watch@2/milestone/", {"key": "m", "milestone": "station-built"})
    assert done.status_code == 302


def test_a_milestone_known_at_no_instant_is_refused_by_the_api(house):
    signed(house, texts.water(2, begins="2026-03-11", more=texts.STAGED))
    from tongxin.heart.agreements import lifecycle

    lifecycle.settle_versions()
    bearer = {"authorization": f"Bearer {house.token('langfang-duty', desk='he-langfang/ecology_bureau')}"}
    api = house.client(headers=bearer)
    path = "/api/v1/agreements/river-watch/milestones"
    for known_at in ("2026-01-01T00:00:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", 0, "0"):
        body = {"milestone": "station-built", "known_at": known_at}
        told = api.post(path, body, "application/json", headers={"Idempotency-Key": f"k{known_at}"})
        assert told.status_code == 422, (known_at, told.content)
        assert "body.known_at" in told.json()["fields"]
    body = {"milestone": "station-built", "known_at": house.clock.at.isoformat()}
    assert api.post(path, body, "application/json", headers={"Idempotency-Key": "k"}).status_code == 201
