"""The applicant's way, as stories: files without a login, follows the case, hands in what was asked, sees who looked."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support import pages
from tongxin.heart.cases import actions, drafts, guesses, papers_store, slips, uploads
from tongxin.heart.cases.models import Case, Draft, Guess, Letter, Rating, Slip, Upload
from tongxin.heart.cases.tests import corpus
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry, Payload

FORM = "/apply/food-business-licence/form/"
PAPERS = ("application_form", "business_licence", "floor_plan", "safety_rules")
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
CLERK, TAKER = "tj-wuqing-services/window_clerk", "bj-tongzhou-services/window_clerk"
APPROVER = "bj-tongzhou-services/approver"
TYPED = {
    "decide_at": "bj-tongzhou",
    "accept_at": WUQING,
    "given_applicant_name": "示例餐饮店",
    "given_credit_code": "91110112SHILI00001",
    "given_premises": "通州区示例街1号",
    "given_contact": "",
}


class Applicant:
    """Somebody with a telephone: a client, and the forms as they stand on the pages."""

    def __init__(self, house: Any, language: str = "en", address: str = "10.0.0.1") -> None:
        self.house = house
        self.client = Client(REMOTE_ADDR=address)
        self.client.cookies["django_language"] = language
        self.number = self.secret = ""

    def blank(self, url: str = FORM) -> dict[str, str]:
        return hidden(text(self.client.get(url)))

    def preview(self, **more: Any) -> Any:
        typed = self.blank() | TYPED | {f"file_{kind}": pdf(kind) for kind in PAPERS} | more
        self.house.clock.move_by(seconds=20)
        return self.client.post(FORM, typed)

    def send(self, page: Any, **more: Any) -> Any:
        return self.client.post(FORM, hidden(text(page)) | {"do": "send", "agreed": "on"} | more)

    def file(self, **more: Any) -> Any:
        """File an application to the end; the slip's number and secret are kept."""
        page = self.send(self.preview(**more))
        self.number, self.secret = slip_of(page)
        return page

    def open(self) -> Any:
        return self.client.post("/track/", {"number": self.number, "secret": self.secret}, follow=True)

    def page(self) -> str:
        return text(self.client.get("/track/case/"))

    def act(self, name: str, **more: Any) -> Any:
        return self.client.post(f"/track/case/{name}/", {"case": self.number, "key": f"k-{name}"} | more)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def hidden(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def slip_of(page: Any) -> tuple[str, str]:
    return slip_of_text(text(page))


def slip_of_text(said: str) -> tuple[str, str]:
    return (
        re.findall(r'class="mono">([A-Z]+-\d{4}-\d{6})<', said)[0],
        re.findall(r'class="mono">((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<', said)[0],
    )


def pdf(more: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile("示例.pdf", corpus.pdf(more.encode()), "application/pdf")


@pytest.fixture
def resident(house: Any) -> Applicant:
    return Applicant(house)


@pytest.fixture
def filed(resident: Applicant) -> Applicant:
    resident.file()
    return resident


def taken_over(house: Any, number: str) -> None:
    clerk = house.acting("wuqing-clerk", CLERK)
    actions.accept_case(by=clerk, key="acc", number=number)
    made = actions.offer(by=clerk, key="off", number=number, to_desk=TONGZHOU, epoch=0)
    actions.take_over(by=house.acting("tongzhou-clerk", TAKER), key="take", offer_id=made["offer"])


def asks(house: Any, number: str, *missing: str, facts: str = "") -> None:
    by = house.acting("tongzhou-clerk", TAKER)
    actions.suspend(
        by=by, key="ask", number=number, epoch=1, ground="papers_missing", missing=[*missing], facts=facts
    )


def test_a_shopkeeper_finds_the_item_and_files_from_a_telephone(resident, house):
    found = text(resident.client.get("/services/?q=licence"))
    assert "/apply/food-business-licence/" in found
    item = text(resident.client.get("/apply/food-business-licence/"))
    assert "Floor plan of the premises" in item
    assert "5 working days" in item
    assert "Measures for food business licences" in item
    preview = resident.preview()
    assert "Nothing has been sent yet" in text(preview)
    assert not Case.objects.exists()
    sent = resident.send(preview)
    number, _secret = slip_of(sent)
    case = Case.objects.get()
    assert (case.number, case.state, case.accepting_desk_id) == (number, "filed", WUQING)
    assert case.files.count() == 4
    assert "<svg" in text(sent)
    assert Notification.objects.filter(desk_id=WUQING, kind="application_filed").count() == 1
    entry = Entry.objects.get(act="cases.case.filed")
    assert (entry.post, entry.desk) == ("applicant", WUQING)
    assert sent["Cache-Control"] == "no-store"
    assert house.client("wuqing-clerk", CLERK).get(f"/cases/{number}/").status_code == 200


def test_in_chinese_the_whole_way(house):
    resident = Applicant(house, "zh-hans")
    assert "保留 7 天" in text(resident.client.get(FORM)).replace("保留7天", "保留 7 天")
    resident.file()
    page = text(resident.open())
    assert "现在不用做什么" in page
    assert "谁看过我提交的内容" in page


def test_everything_that_is_missing_is_told_together_and_nothing_typed_is_lost(resident, house):
    typed = resident.blank() | TYPED | {"given_premises": "", "file_floor_plan": pdf()}
    house.clock.move_by(seconds=20)
    page = resident.client.post(FORM, typed)
    said = text(page)
    assert page.status_code == 422
    assert said.count("This paper is missing.") >= 6  # at the field and in the summary
    assert "paper is missing: " not in said
    assert "This field is needed" in said
    assert "示例餐饮店" in said
    assert "Taken in already: 示例" in said
    again = hidden(said) | TYPED | {f"file_{k}": pdf(k) for k in PAPERS if k != "floor_plan"}
    assert "Nothing has been sent yet" in text(resident.client.post(FORM, again))


def test_a_wrong_file_a_wrong_field_and_haste_are_told_in_one_answer(resident):
    broken = SimpleUploadedFile("示例.pdf", b"MZ\x90\x00", "application/pdf")
    sent = {
        "given_credit_code": "9" * 500,
        "accept_at": "tj-wuqing/ecology_bureau",
        "file_floor_plan": broken,
    }
    page = resident.client.post(FORM, resident.blank() | TYPED | sent)
    said = text(page)
    assert page.status_code == 422
    for fault in ("faster than a form", "too long", "takes no such application", "This paper is missing"):
        assert fault in said, fault
    assert (
        "Floor plan of the premises: This paper is missing" not in said
    )  # it is not the paper that it should be


def test_the_language_is_switched_and_nothing_typed_taken_in_or_told_is_lost(resident, house):
    """A page that answers a form cannot be fetched again: its switch sends the form and does nothing else."""
    typed = resident.blank() | TYPED | {"given_premises": "", "file_floor_plan": pdf()}
    house.clock.move_by(seconds=20)
    chinese, english = {"language": "zh-hans"}, {"language": "en"}
    blank = resident.client.post(FORM, typed | chinese)
    assert (blank.status_code, blank.cookies["django_language"].value) == (200, "zh-hans")
    assert "已收取：示例" in text(blank)
    wrong = resident.client.post(FORM, typed)
    assert wrong.status_code == 422
    again = resident.client.post(FORM, hidden(text(wrong)) | TYPED | {"given_premises": ""} | english)
    assert "This field is needed" in text(again)
    preview = resident.preview()
    shown = resident.client.post(FORM, hidden(text(preview)) | chinese | {"agreed": "on"})
    assert "现在还没有提交" in text(shown) or "尚未" in text(shown)
    assert TYPED["given_premises"] in text(shown)
    assert not Case.objects.exists()
    sent = resident.send(shown)
    slip = resident.client.post(FORM, hidden(text(sent)) | english)
    assert slip_of(slip) == slip_of(sent)
    assert "Keep this slip" in text(slip)
    assert (
        resident.client.post(FORM, {"at": "slip", "number": "X", "secret": "Y"} | english).status_code == 403
    )
    assert Case.objects.count() == Slip.objects.count() == 1


def test_the_language_is_switched_on_a_drafts_page_a_windows_slip_and_a_refused_letter(filed, house):
    kept = text(filed.client.post(FORM, filed.blank() | TYPED | {"do": "draft"}))
    shown = text(filed.client.post("/apply/drafts/", hidden(kept) | {"language": "zh-hans"}))
    assert hidden(kept)["secret"] in shown
    assert "草稿" in shown
    assert Draft.objects.count() == 1
    clerk = house.client("wuqing-clerk", CLERK)
    printed = text(clerk.post(f"/cases/{filed.number}/slip/", {"key": "s1"}))
    again = clerk.post(f"/cases/{filed.number}/slip/", hidden(printed) | {"language": "en"})
    assert slip_of(again) == slip_of_text(printed)
    filed.secret = hidden(printed)["secret"]
    filed.open()
    refused = filed.act("letter", text="示例：没写完")
    action, sent = pages.switched(text(refused), "en")
    letter = filed.client.post(action, sent | {"text": "示例：又写了一些"})
    assert letter.status_code == refused.status_code == 422
    assert "示例：又写了一些" in text(letter)
    assert 'lang="en"' in text(letter)
    assert "data-error-summary" in text(letter)
    whole = filed.client.post(action, sent | {"kind": "message", "text": "示例：写完了"})
    assert "示例：写完了" in text(whole)
    assert "nothing was sent by that" in text(whole)
    assert not Letter.objects.exists()


def test_sent_twice_it_is_one_case_with_one_slip(resident, house):
    preview = resident.preview()
    first, second = resident.send(preview), resident.send(preview)
    assert slip_of(first) == slip_of(second)
    assert Case.objects.count() == Slip.objects.count() == 1
    assert Entry.objects.filter(act="cases.case.filed").count() == 1
    other = resident.send(preview, given_premises="别处")
    assert other.status_code == 422
    assert "sent before with other content" in text(other)


def test_an_old_form_is_shown_again_with_all_that_was_typed(resident, house):
    typed = resident.blank() | TYPED
    house.clock.move_by(hours=25)
    page = resident.client.post(FORM, typed | {"do": "send", "agreed": "on"})
    assert page.status_code == 422
    assert "open for more than a day" in text(page)
    assert "示例餐饮店" in text(page)
    assert not Case.objects.exists()


@pytest.mark.parametrize("made", [{"website": "http://example.org"}, {"form": "forged"}, {}])
def test_a_program_that_fills_in_forms_gets_the_form_back(resident, made):
    typed = resident.blank() | TYPED | {f"file_{kind}": pdf(kind) for kind in PAPERS} | made
    if made:
        resident.house.clock.move_by(seconds=20)
    page = resident.client.post(FORM, typed | {"do": "send", "agreed": "on"})
    assert page.status_code == 422
    assert not Case.objects.exists()


def test_without_the_consent_text_read_nothing_is_sent(resident):
    page = resident.send(resident.preview(), agreed="")
    assert page.status_code == 422
    assert "without it the application cannot be handled" in text(page)
    assert not Case.objects.exists()


def test_many_forms_from_one_address_are_slowed_down(resident, house, monkeypatch):
    monkeypatch.setattr(guesses, "APPLY", guesses.Door("apply", 3, 1000, 3))
    for _n in range(3):
        resident.client.post(FORM, {"do": "preview"})
    slow = resident.client.post(FORM, {"do": "preview"})
    assert slow.status_code == 429
    elsewhere = Applicant(house, address="10.0.0.2")
    assert elsewhere.client.post(FORM, {"do": "preview"}).status_code == 422
    house.clock.move_by(minutes=16)
    assert resident.client.post(FORM, {"do": "preview"}).status_code == 422


def test_a_window_takes_only_what_it_takes(resident, house):
    page = resident.preview(accept_at="tj-wuqing/ecology_bureau")
    assert page.status_code == 422
    assert not Case.objects.exists()


def test_a_draft_is_kept_for_a_week_under_its_secret_and_read_by_nobody_else(resident, house):
    typed = resident.blank() | TYPED | {"file_floor_plan": pdf(), "do": "draft"}
    kept = text(resident.client.post(FORM, typed))
    secret = re.findall(r'class="mono">((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<', kept)[0]
    assert "示例餐饮店".encode() not in bytes(Draft.objects.get().sealed)
    wrong = resident.client.post("/apply/drafts/", {"secret": "0000-0000-0000-0000"})
    assert wrong.status_code == 422
    house.clock.move_by(days=6)
    papers_store.sweep()
    assert all(papers_store.path_of(sha256).exists() for sha256 in Draft.objects.get().files)
    back = text(resident.client.post("/apply/drafts/", {"secret": secret.lower().replace("-", " ")}))
    assert "示例餐饮店" in back
    assert "Taken in already: 示例" in back
    house.clock.move_by(days=2)
    over = resident.client.post("/apply/drafts/", {"secret": secret})
    assert over.status_code == 422
    assert "its time is over" in text(over)
    assert drafts.sweep() == 1


def test_a_stranger_with_wrong_secrets_closes_neither_drafts_nor_a_case_for_others(filed, house):
    stranger = Applicant(house, address="2001:db8:1:2::1")
    drafts_of = {"secret": "0000-0000-0000-0000"}
    kept = text(filed.client.post(FORM, filed.blank() | TYPED | {"do": "draft"}))
    own = re.findall(r'class="mono">((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<', kept)[0]
    for n in range(10):
        stranger.client.post("/apply/drafts/", {"secret": f"{n:04}-0000-0000-0000"})
    assert stranger.client.post("/apply/drafts/", drafts_of).status_code == 429
    same_line = Applicant(house, address="2001:db8:1:2:ffff::9")
    assert same_line.client.post("/apply/drafts/", drafts_of).status_code == 429
    assert filed.client.post("/apply/drafts/", {"secret": own}).status_code == 200
    for place in range(7):
        many = Applicant(house, address=f"10.8.0.{place}")
        for _n in range(5):
            many.client.post("/track/", {"number": filed.number, "secret": "AAAA"})
    assert "Nothing to do now" in text(filed.open())


def test_number_and_secret_open_the_case_and_neither_stands_in_an_address(filed):
    answer = filed.client.post("/track/", {"number": filed.number.lower(), "secret": filed.secret})
    assert answer.status_code == 302
    assert answer.url == "/track/case/"
    cookie = answer.cookies["tongxin_case"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/track/")
    assert filed.secret not in cookie.value
    page = filed.page()
    assert filed.number in page
    assert "Nothing to do now" in page
    assert filed.secret not in page
    handed_in = page[page.index("Papers handed in") : page.index('id="consent"')]
    assert handed_in.count("示例.pdf") == 4
    assert "PDF · " in handed_in
    assert "Floor plan of the premises" in handed_in
    assert not Slip.objects.filter(secret_hash__contains=slips.plain(filed.secret)).exists()
    filed.client.post("/track/leave/")
    assert filed.client.get("/track/case/").status_code == 302


def test_a_pass_is_over_after_half_an_hour_and_with_a_new_slip(filed, house):
    filed.open()
    house.clock.move_by(minutes=31)
    assert filed.client.get("/track/case/").url == "/track/"
    filed.open()
    clerk = house.client("wuqing-clerk", CLERK)
    printed = clerk.post(f"/cases/{filed.number}/slip/", {"key": "s1"})
    number, secret = slip_of(printed)
    assert number == filed.number
    assert secret != filed.secret
    assert filed.client.get("/track/case/").url == "/track/"
    assert filed.client.post("/track/", {"number": number, "secret": filed.secret}).status_code == 422
    filed.secret = secret
    assert "Nothing to do now" in text(filed.open())
    assert clerk.post(f"/cases/{filed.number}/slip/", {"key": "s1"}).status_code == 409


def test_guessing_tells_nothing_and_becomes_slow(filed, house):
    known, unknown = filed.number, "WUQING-2026-999999"
    guesser = Applicant(house, address="10.9.9.9")
    answers = [
        guesser.client.post("/track/", {"number": number, "secret": "AAAA-AAAA-AAAA-AAAA"})
        for number in (known, unknown)
    ]
    plain = [text(a).replace(known, "").replace(unknown, "") for a in answers]
    assert [a.status_code for a in answers] == [422, 422]
    assert without_tokens(plain[0]) == without_tokens(plain[1])
    for number in (known, unknown):
        for _n in range(4):
            guesser.client.post("/track/", {"number": number, "secret": "BBBB"})
        slow = guesser.client.post("/track/", {"number": number, "secret": "CCCC"})
        assert slow.status_code == 429
        assert known not in str(list(Guess.objects.values("name_hash", "address")))
    assert "Nothing to do now" in text(filed.open())  # from elsewhere the owner still comes in


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrf[^>]+>|content="[^"]{64}"', "", page)


def test_a_planted_pass_or_a_form_of_another_case_does_nothing(filed, house):
    other = Applicant(house)
    other.file(given_premises="另一处")
    other.open()
    refused = other.client.post(
        "/track/case/withdrawal/", {"case": filed.number, "key": "k", "reason": "示例"}
    )
    assert refused.status_code == 409
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["tongxin_case"] = other.client.cookies["tongxin_case"].value
    planted = strict.post("/track/case/withdrawal/", {"case": other.number, "reason": "示例"})
    assert planted.status_code == 403
    forged = Client()
    forged.cookies["tongxin_case"] = other.client.cookies["tongxin_case"].value[:-2] + "xx"
    assert forged.get("/track/case/").status_code == 302
    assert set(Case.objects.values_list("state", flat=True)) == {"filed"}


def test_what_is_missing_is_handed_in_together_and_the_clock_goes_on(filed, house):
    taken_over(house, filed.number)
    asks(house, filed.number, "floor_plan", "safety_rules", facts="示例：面积")
    page = text(filed.open())
    assert "Something is asked for: 2 papers" in page
    bad = SimpleUploadedFile("x.pdf", b"not a pdf\x00", "application/pdf")
    told = text(filed.act("supply", file_floor_plan=bad))
    assert "Answer what was asked." in told, "all that is wrong at once"
    assert told.count("This paper is missing.") >= 1
    half = filed.act("supply", file_floor_plan=pdf("new plan"))
    assert half.status_code == 422
    assert "Food safety rules: This paper is missing." in text(half)
    assert "Answer what was asked" in text(half)
    assert "Taken in already" in text(half)
    house.clock.move_by(days=2)
    kept = {n: v for n, v in hidden(text(half)).items() if n.startswith("kept_") and v}
    filed.open()
    whole = filed.act("supply", **kept, file_safety_rules=pdf("new rules"), text="示例：80 平方米")
    assert whole.status_code == 302
    case = Case.objects.get()
    assert case.state == "in_hand"
    assert case.pauses[-1]["until"]
    assert Entry.objects.get(act="cases.asked.supplied").post == "applicant"
    assert Notification.objects.filter(desk_id=TONGZHOU, kind="asked_supplied").count() == 1
    assert Notification.objects.filter(desk_id=WUQING, kind="asked_supplied").count() == 1
    assert filed.act("supply", key="again", file_floor_plan=pdf("x")).status_code == 409


def test_handed_to_another_jurisdiction_the_slip_still_works_and_shows_who_looked(filed, house):
    taken_over(house, filed.number)
    for who, post in (("wuqing-clerk", CLERK), ("tongzhou-clerk", TAKER)):
        client = house.client(who, post)
        assert client.get(f"/cases/{filed.number}/").status_code == 200
        assert client.get(f"/cases/{filed.number}/").status_code == 200
    page = text(filed.open())
    assert "Government service centre, Tongzhou District" in page or "Tongzhou" in page
    seen = page[page.index('id="seen"') : page.index('id="letters"')]
    assert seen.count('<th scope="row">') == 2
    assert "this desk holds the case" in seen
    assert "this desk accepted the application" in seen
    assert "clause" in seen
    assert "Promised by" in page
    taker = house.acting("tongzhou-clerk", TAKER)
    made = actions.export_file(by=taker, key="file", number=filed.number, language="zh")[0]
    assert {"applicant_name", "premises"} <= set(made.fields)
    page = text(filed.open())
    seen = page[page.index('id="seen"') : page.index('id="letters"')]
    assert seen.count('<th scope="row">') == 3
    assert "A case file was handed out: " in seen
    assert seen.count("示例街1号") == 0
    assert "works on another system" not in seen


def test_what_a_desk_comes_to_see_later_on_a_day_is_noted_with_it(filed, house):
    from tongxin.heart.cases import sightings, sights
    from tongxin.heart.cases.models import Sighting

    row = Case.objects.select_related("procedure").get(pk=filed.number)
    given = dict(row.applicant)
    row.applicant = {"applicant_name": given["applicant_name"]}
    sightings.note(row, sights.sight(WUQING, row))
    row.applicant = given
    for _again in range(2):
        sightings.note(row, sights.sight(WUQING, row))
    noted = Sighting.objects.get(desk=WUQING)
    assert noted.fields[0] == "applicant_name"
    assert {"premises", "credit_code", "papers"} <= set(noted.fields)
    assert len(noted.fields) == len(set(noted.fields))


def test_a_message_is_answered_and_a_correction_made(filed, house):
    filed.open()
    assert filed.act("letter", kind="message", text="示例：何时上门").status_code == 302
    assert filed.act("correction", field="premises", text="通州区示例街2号").status_code == 302
    clerk = house.client("wuqing-clerk", CLERK)
    listed = text(clerk.get("/letters/"))
    assert listed.count("/letters/") >= 2
    message, correction = Letter.objects.order_by("pk")
    assert clerk.post(f"/letters/{message.pk}/", {"key": "a1", "text": ""}).status_code == 422
    assert clerk.post(f"/letters/{message.pk}/", {"key": "a2", "text": "示例：周五"}).status_code == 302
    assert (
        clerk.post(
            f"/letters/{correction.pk}/", {"key": "a3", "text": "示例：已改", "take": "yes"}
        ).status_code
        == 302
    )
    page = filed.page()
    assert "示例：周五" in page
    assert "Changed as asked" in page or "已按要求" in page
    assert Case.objects.get().applicant["premises"] == "通州区示例街2号"
    assert (
        clerk.post(f"/cases/{filed.number}/letters/new/", {"key": "t", "text": "示例：带原件"}).status_code
        == 302
    )
    assert "示例：带原件" in filed.page()
    stranger = house.client("langfang-clerk", "he-langfang-services/window_clerk")
    assert stranger.get(f"/letters/{message.pk}/").status_code == 404


def test_a_complaint_goes_to_an_office_that_does_not_hold_the_case(filed, house):
    taken_over(house, filed.number)
    filed.open()
    filed.act("letter", kind="complaint", text="示例：无人联系")
    letter = Letter.objects.get()
    assert letter.desk_id == "bj-tongzhou/coordination_office"
    office = house.client("tongzhou-coordinator", "bj-tongzhou-coordination/coordinator")
    page = text(office.get(f"/letters/{letter.pk}/"))
    assert "无人联系" in page
    assert "示例餐饮店" not in page
    assert office.post(f"/letters/{letter.pk}/", {"key": "c", "text": "示例：已督促"}).status_code == 302
    assert "示例：已督促" in filed.page()


def test_the_desk_that_a_complaint_is_about_does_not_read_it_and_no_hash_tells_it(filed, house):
    taken_over(house, filed.number)
    filed.open()
    filed.act("letter", kind="complaint", text="示例：无人联系")
    filed.act("letter", key="m", kind="message", text="示例：何时")
    message = Letter.objects.get(kind="message").pk
    for who, post in (("tongzhou-clerk", TAKER), ("wuqing-clerk", CLERK)):
        page = text(house.client(who, post).get(f"/cases/{filed.number}/"))
        assert "示例：何时" in page
        assert (f"/letters/{message}/" in page) == (who == "wuqing-clerk")  # who may answer it
        assert "无人联系" not in page
        assert "cases.letter.written" not in page
    assert "cases.letter.written" not in filed.page()
    told = Payload.objects.filter(entry__act="cases.letter.written").values_list("body", flat=True)
    assert not any(b"sha256" in bytes(body) for body in told)


def test_a_correction_is_not_taken_once_the_case_is_decided_or_erased(filed, house):
    filed.open()
    filed.act("correction", field="premises", text="通州区示例街2号")
    taken_over(house, filed.number)
    by = house.acting("tongzhou-approver", APPROVER)
    actions.decide(by=by, key="d", number=filed.number, epoch=1, outcome="refused", reason="示例：不符合条件")
    clerk, pk = house.client("wuqing-clerk", CLERK), Letter.objects.get().pk
    sent = {"key": "a", "text": "示例：已改", "take": "yes"}
    assert clerk.post(f"/letters/{pk}/", sent).status_code == 422
    assert Case.objects.get().applicant["premises"] == TYPED["given_premises"]
    Case.objects.update(erased_at=house.clock.at)
    assert clerk.post(f"/letters/{pk}/", sent | {"key": "b", "take": "no"}).status_code == 409
    told = clerk.post(f"/cases/{filed.number}/letters/new/", {"key": "t", "text": "示例"})
    assert told.status_code == 409


def test_a_form_sent_again_after_a_newer_slip_shows_no_slip_that_opens_nothing(resident, house):
    preview = resident.preview()
    number, secret = slip_of(resident.send(preview))
    house.client("wuqing-clerk", CLERK).post(f"/cases/{number}/slip/", {"key": "s1"})
    again = resident.send(preview)
    assert again.status_code == 409
    assert secret not in text(again)


def test_without_a_form_made_here_no_file_is_kept_and_much_from_one_address_is_slowed(resident, monkeypatch):
    for do in ("preview", "draft"):
        sent = TYPED | {"form": "forged", "do": do, "file_floor_plan": pdf(f"stranger {do}")}
        assert "Taken in already" not in text(resident.client.post(FORM, sent))
    assert Draft.objects.get().files == []
    monkeypatch.setattr(guesses, "UPLOAD", guesses.Door("upload", 4, 4, 4))
    monkeypatch.setattr(guesses, "HEAVY", 10)
    assert resident.client.post(FORM, resident.blank() | {"file_floor_plan": pdf()}).status_code == 429


def test_what_strangers_leave_has_a_ceiling_and_is_away_after_a_day(resident, house, settings):
    shown = text(resident.preview())
    assert uploads.lying() == 4 * uploads.LEAST, "one for each paper, small ones counted as larger"
    settings.UPLOADS_LEFT_BYTES = uploads.lying()
    full = resident.client.post(FORM, resident.blank() | TYPED | {"file_floor_plan": pdf("more")})
    assert full.status_code == 422
    assert "No more files can be taken in without a login" in text(full)
    assert "示例街1号" in text(full)
    sealed = resident.blank()["form"]
    sent = {"form": sealed, "kind": "floor_plan", "file": pdf("more")}
    told = Client().post("/api/v1/applications/papers?procedure=food-business-licence", sent)
    assert (told.status_code, told.json()["code"]) == (503, "uploads_full")
    assert "Nothing has been sent yet" in shown
    draft = resident.client.post(FORM, resident.blank() | TYPED | {"do": "draft"})
    assert draft.status_code == 200

    settings.UPLOADS_LEFT_BYTES *= 4
    sent = {"form": sealed, "kind": "floor_plan", "file": pdf("over the API")}
    assert (
        Client().post("/api/v1/applications/papers?procedure=food-business-licence", sent).status_code == 201
    )
    kept = resident.client.post(
        FORM, resident.blank() | TYPED | {"do": "draft", "file_floor_plan": pdf("kept")}
    )
    assert kept.status_code == 200
    [content] = Draft.objects.exclude(files=[]).get().files
    house.clock.move_by(hours=23)
    assert uploads.sweep() == 0
    house.clock.move_by(hours=2)
    assert uploads.sweep() == 5
    assert papers_store.still_there(content)
    assert uploads.lying() == uploads.LEAST, "a draft's file counts on"


def test_what_a_case_has_taken_is_no_longer_left(filed, house):
    assert Upload.objects.count() == 4
    assert uploads.lying() == 0
    house.clock.move_by(hours=25)
    assert uploads.sweep() == 0
    assert not Upload.objects.exists()


def test_a_refused_form_opened_again_shows_the_case(filed):
    filed.open()
    assert filed.act("letter", kind="message", text="").status_code == 422
    assert filed.client.get("/track/case/letter/").url == "/track/case/"


def test_a_refusal_is_reviewed_and_rated_once(filed, house):
    taken_over(house, filed.number)
    by = house.acting("tongzhou-approver", APPROVER)
    actions.decide(by=by, key="d", number=filed.number, epoch=1, outcome="refused", reason="示例：不符合条件")
    page = text(filed.open())
    assert "示例：不符合条件" in page
    assert filed.act("rating", stars="2", remark="").status_code == 302
    assert filed.act("rating", key="other", stars="5", remark="").status_code == 409
    assert Rating.objects.get().stars == 2
    assert "1 rating: too few to show" in text(filed.client.get("/apply/food-business-licence/"))
    assert filed.act("review", reason="").status_code == 422
    assert filed.act("review", reason="示例：复查").status_code == 302
    review = Case.objects.get(reviews__isnull=False)
    assert review.competent_desk_id != TONGZHOU
    assert review.number in filed.page()


def test_shares_of_satisfied_are_shown_from_five_on(filed, house):
    first = Case.objects.get()
    for n in range(5):
        first.pk = f"WUQING-2026-1{n:05}"
        first.save(force_insert=True)
        Rating.objects.create(case_id=first.pk, stars=5 if n else 1, at=house.clock.at)
    assert "80% satisfied or very satisfied, of 5" in text(filed.client.get("/apply/food-business-licence/"))


def test_the_same_file_again_is_told_at_its_field_and_the_others_are_kept(filed, house):
    taken_over(house, filed.number)
    asks(house, filed.number, "floor_plan", "safety_rules")
    filed.open()
    sent = {"file_floor_plan": pdf("floor_plan"), "file_safety_rules": pdf("new")}
    answer = filed.act("supply", **sent)
    page = text(answer)
    assert answer.status_code == 422
    assert "This very file is there already as this paper." in page
    assert "kept_safety_rules" in page, "what was chosen beside it is remembered"
    gone = text(
        filed.client.post(
            "/track/case/supply/", {"case": "WUQING-2026-009999", "kept_x": "sealed", "text": "示例"}
        )
    )
    assert ">示例</dd>" in gone
    assert ">sealed<" not in gone, "what the form remembered was not typed"


def test_what_an_applicant_sent_is_not_voided_by_the_office(filed, house):
    client = house.client("wuqing-clerk", CLERK)
    page = text(client.get(f"/cases/{filed.number}/"))
    assert 'href="#withdraw"' in page
    assert 'href="#void"' not in page
    typed = {"void-reason": "示例", "key": "v", "sure": "yes"}
    assert client.post(f"/cases/{filed.number}/voiding/", typed).status_code == 409
    assert Case.objects.get().state == "filed"


def test_taking_a_consent_back_says_what_it_does_and_that_the_application_stays(filed):
    filed.open()
    page = filed.page()
    assert "This is not the withdrawal of the application" in page
    filed.act("consent-end", consent=re.findall(r'name="consent" value="(\d+)"', page)[0])
    assert "The application goes on." in filed.page()
    assert "taken back" in filed.page()


def test_withdrawing_twice_is_one_entry_and_consent_can_be_ended(filed, house):
    taken_over(house, filed.number)
    filed.open()
    consent = re.findall(r'name="consent" value="(\d+)"', filed.page())[0]
    assert filed.act("consent-end", consent=consent).status_code == 302
    shown = text(house.client("tongzhou-clerk", TAKER).get(f"/cases/{filed.number}/"))
    assert "示例餐饮店" not in shown
    for _n in range(2):
        assert filed.act("withdrawal", reason="示例：不办了").status_code == 302
    assert Case.objects.get().state == "withdrawn"
    assert Entry.objects.filter(act="cases.case.withdrawn", post="applicant").count() == 1
    assert Notification.objects.filter(desk_id=WUQING, kind="case_withdrawn").count() == 1
    assert "Nothing more happens" in filed.page()
    assert "In the hands of" not in filed.page()
    assert "Promised by" not in filed.page()


def test_after_the_time_of_keeping_the_slip_opens_what_is_left(filed, house):
    from tongxin.heart.cases import erasing

    filed.open()
    filed.act("letter", kind="message", text="示例：私事")
    filed.act("withdrawal", reason="示例：不办了")
    house.clock.move_by(days=1900)
    assert erasing.erase_due() == 1
    page = text(filed.open())
    assert "what the applicant gave is erased" in page
    for gone in ("示例餐饮店", "示例：私事", "示例：不办了"):
        assert gone not in page
        assert gone not in str(list(Payload.objects.values_list("body", flat=True)))
    assert filed.act("letter", key="later", kind="message", text="示例").status_code == 409


def test_the_language_is_switched_on_a_refused_number_and_secret(filed):
    sent = {"number": "WUQING-2026-999999", "secret": "typed-secret"}
    assert filed.client.post("/track/", sent).status_code == 422
    again = filed.client.post("/track/", sent | {"language": "zh-hans"})
    assert again.status_code == 200
    assert 'lang="zh-Hans"' in text(again)
    assert "WUQING-2026-999999" in text(again)


def test_what_a_field_is_and_a_file_that_is_none_are_told_and_nothing_is_cut(resident):
    page = text(
        resident.preview(
            given_credit_code="short", given_staff_count="minus three people",
            file_floor_plan=SimpleUploadedFile("plan.pdf", b"not a pdf", "application/pdf"),
        )
    )  # fmt: skip
    assert "has 18 signs" in page
    assert "This text is too long: at most 10 characters." in page
    assert 'value="minus three people"' in page
    assert "Its name says PDF" in page
    assert "This is a whole number" in text(resident.preview(given_staff_count="-3"))
