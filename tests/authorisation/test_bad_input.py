"""Bad input on every form: the page comes back and says what to mend, what was typed is still there, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from tests.authorisation import routes
from tests.authorisation.scene import written

LONG = "长" * 10_000
CONTROL = "a\x01b\x1fc"
MARKUP = "\"><script>alert('x')</script>"


@dataclass(frozen=True)
class Form:
    """A form: whose it is, a body that would be taken, and what of it each kind of bad input may replace."""

    screen: str
    cast: str
    args: str
    body: dict[str, Any]
    needed: tuple[str, ...]
    choices: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def address(self, words: dict[str, str]) -> str:
        args = dict(pair.split("=", 1) for pair in self.args.format_map(words).split("&") if pair)
        return reverse(self.screen, kwargs=args)

    def filled(self, words: dict[str, str]) -> dict[str, Any]:
        return {
            name: value.format_map(words) if isinstance(value, str) else value
            for name, value in self.body.items()
        }


FORMS = [
    Form(
        "node_peer",
        "people",
        "peer=third",
        {"fingerprint": "{third_key}"},
        needed=("fingerprint",),
        texts=("fingerprint",),
    ),
    Form(
        "notes",
        "case",
        "",
        {"to_desk": "tj-baodi/service_centre", "text": "示例"},
        needed=("to_desk", "text"),
        choices=("to_desk",),
        texts=("text",),
    ),
    Form(
        "incident_new",
        "report",
        "",
        {
            "place": "he-langfang-xianghe",
            "river": "qinglongwan-jianhe",
            "location": "示例闸下",
            "pollutant": "oil",
            "level": "II",
            "amount": "约 2 t",
            "description": "示例",
            "known_at": "{now}",
        },
        needed=("place", "river", "location", "pollutant", "known_at"),
        choices=("place", "river", "pollutant", "level"),
        texts=("location", "amount", "description", "late_reason"),
        times=("known_at", "occurred_at"),
    ),
    Form(
        "services_result_new",
        "case",
        "",
        {"kind": "lab_test", "what": "ALT", "issued_by": "he-langfang", "reference": "LF-2026-0001"},
        needed=("kind", "what", "issued_by", "reference"),
        choices=("kind", "issued_by"),
        texts=("what", "reference"),
    ),
    Form(
        "incident_tell",
        "report",
        "number={incident}",
        {
            "to": "tj-baodi/ecology_bureau",
            "location": "示例闸下",
            "pollutant": "oil",
            "forecast_arrival": "示例：明晨",
        },
        needed=("location", "pollutant", "forecast_arrival"),
        texts=("location", "forecast_arrival"),
    ),
    Form(
        "incident_correct",
        "report",
        "number={incident}",
        {
            "event": "{event}",
            "place": "he-langfang-xianghe",
            "river": "qinglongwan-jianhe",
            "location": "示例闸下",
            "pollutant": "oil",
            "level": "II",
            "amount": "约 2 t",
            "description": "示例",
            "known_at": "{now}",
            "reason": "示例：复核",
        },
        needed=("place", "river", "location", "pollutant", "known_at", "reason"),
        choices=("place", "river", "pollutant", "level"),
        texts=("location", "amount", "description", "reason", "late_reason"),
        times=("known_at", "occurred_at", "known_corrected"),
    ),
    Form(
        "incident_withdraw",
        "report",
        "number={incident}",
        {"reason": "示例：误报"},
        needed=("reason",),
        texts=("reason",),
    ),
    Form(
        "matter_withdraw",
        "report",
        "number={milestone}",
        {"withdraw-reason": "示例：误报"},
        needed=("withdraw-reason",),
        texts=("withdraw-reason",),
    ),
    Form(
        "incident_forecast",
        "report",
        "number={incident}",
        {
            "known_at": "{now}",
            "engine": "示例引擎",
            "version": "第 1 版",
            "seed": "7",
            "inputs": "0123456789abcdef" * 4,
            "p-tj-baodi": "97",
            "late_reason": "示例",
        },
        needed=("known_at", "engine", "version", "seed", "inputs"),
        choices=("stale",),
        texts=("engine", "version", "late_reason"),
        times=("known_at", "p5-tj-baodi", "p50-tj-baodi", "p95-tj-baodi"),
        numbers=("seed", "p-tj-baodi"),
    ),
    Form(
        "incident_object",
        "told",
        "number={incident}",
        {"text": "示例：不是本河段"},
        needed=("text",),
        texts=("text",),
    ),
    Form(
        "incident_merge",
        "report",
        "number={incident}",
        {"other": "{other_twin}", "reason": "示例：同一起"},
        needed=("other", "reason"),
        texts=("reason",),
    ),
    Form(
        "incident_call",
        "report",
        "number={incident}",
        {
            "to": "tj-baodi/ecology_bureau",
            "location": "示例闸下",
            "pollutant": "oil",
            "forecast_arrival": "示例：明晨",
            "at": "{now}",
        },
        needed=("location", "pollutant", "forecast_arrival", "at"),
        texts=("location", "forecast_arrival"),
        times=("at",),
    ),
    Form(
        "incident_heard",
        "called",
        "number={incident}&message={call}",
        {"at": "{now}"},
        needed=("at",),
        times=("at",),
    ),
    Form(
        "incident_stand_down",
        "report",
        "number={incident}",
        {"to": "tj-wuqing/ecology_bureau", "remark": "示例：虚惊"},
        needed=(),
        texts=("remark",),
    ),
    Form(
        "incident_warn",
        "report",
        "number={incident}",
        {
            "to_desk": "bj-tongzhou/ecology_bureau",
            "basis": "necessity",
            "reason": "示例：取水口",
            "location": "示例断面",
            "amount": "2 t",
        },
        needed=("to_desk", "basis", "reason"),
        choices=("to_desk", "basis"),
        texts=("reason", "location", "amount"),
    ),
    Form(
        "incident_close",
        "report",
        "number={incident}",
        {"reason": "示例：恢复"},
        needed=("reason",),
        texts=("reason",),
    ),
    Form(
        "case_new",
        "case",
        "",
        {
            "procedure": "food-business-licence",
            "decide_at": "bj-tongzhou",
            "given_applicant_name": "示例店",
            "given_credit_code": "91120000MA0TEST001",
            "given_premises": "示例路 1 号",
            "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
        },
        needed=("decide_at", "given_applicant_name", "given_credit_code", "given_premises", "papers"),
        choices=("decide_at", "papers"),
        texts=("given_applicant_name", "given_credit_code", "given_premises", "given_contact"),
    ),
    Form(
        "apply_form",
        "anyone",
        "procedure=food-business-licence",
        {
            "decide_at": "bj-tongzhou",
            "accept_at": "tj-wuqing/service_centre",
            "given_applicant_name": "示例店",
            "given_credit_code": "91120000MA0TEST001",
            "given_premises": "示例路 1 号",
            "given_contact": "示例",
        },
        needed=("decide_at", "given_applicant_name", "given_credit_code", "given_premises"),
        choices=("decide_at", "accept_at"),
        texts=("given_applicant_name", "given_credit_code", "given_premises", "given_contact"),
    ),
    Form("apply_draft", "anyone", "", {"secret": "AAAA-BBBB"}, needed=("secret",), texts=("secret",)),
    Form(
        "track",
        "anyone",
        "",
        {"number": "{filed}", "secret": "AAAA-BBBB"},
        needed=("number", "secret"),
        texts=("number", "secret"),
    ),
    Form("letter", "case", "pk={letter}", {"text": "示例"}, needed=("text",), texts=("text",)),
    Form("case_tell", "case", "number={filed}", {"text": "示例"}, needed=("text",), texts=("text",)),
    Form(
        "case_text",
        "case",
        "name=one-time-notice",
        {"text_zh": "{{number}}", "text_en": "x", "seen": "{text}"},
        needed=("text_zh", "text_en"),
        texts=("text_zh", "text_en"),
    ),
    Form(
        "case_consents",
        "case",
        "number={filed}",
        {"who": "applicant", "fields": ["contact"], "purpose": "示例：告知结果", "until": "2027-01-01"},
        needed=("who", "fields"),
        choices=("who", "fields"),
        texts=("purpose",),
        times=("until",),
    ),
    Form(
        "case_paper_new",
        "case",
        "number={filed}",
        {"kind": "floor_plan", "given_by": "applicant"},
        needed=("kind", "given_by"),
        choices=("kind", "given_by"),
    ),
    Form(
        "case_paper_reuse",
        "case",
        "number={accepted}",
        {
            "paper": "{paper}",
            "consent_by": "示例负责人",
            "consent_how": "在窗口书面同意",
            "consent_on": "2026-03-11",
        },
        needed=("paper", "consent_by", "consent_how", "consent_on"),
        choices=("paper",),
        texts=("consent_by", "consent_how"),
        times=("consent_on",),
    ),
    Form(
        "case_offer",
        "case",
        "number={accepted}",
        {"offer-to_desk": "bj-tongzhou/service_centre", "offer-epoch": "0"},
        needed=("offer-to_desk", "offer-epoch"),
        choices=("offer-to_desk",),
        numbers=("offer-epoch",),
    ),
    Form(
        "case_return",
        "offer",
        "number={offered}",
        {"offer": "{offer}", "return-reason": "not_competent", "return-remark": "示例"},
        needed=("return-reason",),
        choices=("return-reason",),
        texts=("return-remark",),
    ),
    Form(
        "case_decide",
        "decide",
        "number={in_hand}",
        {"decide-outcome": "refused", "decide-reason": "示例：图纸不全", "decide-epoch": "1"},
        needed=("decide-outcome", "decide-reason", "decide-epoch"),
        choices=("decide-outcome",),
        texts=("decide-reason",),
        numbers=("decide-epoch",),
    ),
    Form(
        "case_put_joint",
        "decide",
        "number={together}",
        {"put_joint-outcome": "refused", "put_joint-reason": "示例：图纸不全", "put_joint-epoch": "1"},
        needed=("put_joint-outcome", "put_joint-reason", "put_joint-epoch"),
        choices=("put_joint-outcome",),
        texts=("put_joint-reason",),
        numbers=("put_joint-epoch",),
    ),
    Form(
        "case_answer_joint",
        "joint",
        "number={joint}",
        {"answer_joint-answer": "differ", "answer_joint-reason": "示例", "answer_joint-joint": "{question}"},
        needed=("answer_joint-answer", "answer_joint-reason"),
        choices=("answer_joint-answer",),
        texts=("answer_joint-reason",),
    ),
    Form(
        "duty_perform",
        "report",
        "pk={supply}",
        {"perform-location": "示例断面", "perform-amount": "12.5 mg/L", "perform-remark": "示例"},
        needed=("perform-location", "perform-amount"),
        texts=("perform-location", "perform-amount", "perform-remark"),
    ),
    Form(
        "duty_send_back",
        "told",
        "pk={delivered}",
        {"send_back-reason": "示例：缺少单位"},
        needed=("send_back-reason",),
        texts=("send_back-reason",),
    ),
    *(
        Form(
            f"duty_{name}",
            "release",
            "pk={gate}",
            {f"{name}-reason": "示例：不再需要"},
            needed=(f"{name}-reason",),
            texts=(f"{name}-reason",),
        )
        for name in ("excuse", "give_up")
    ),
    Form(
        "duty_suspend",
        "report",
        "pk={supply}",
        {"suspend-ground": "station_down"},
        needed=("suspend-ground",),
        choices=("suspend-ground",),
    ),
    Form(
        "duty_date",
        "dates",
        "pk={gate}",
        {"date-on": "2026-08-31", "date-reason": "示例：汛期"},
        needed=("date-on", "date-reason"),
        texts=("date-reason",),
        times=("date-on",),
    ),
    Form(
        "dispute_name",
        "dispute",
        "pk={dispute}",
        {"holder": "tj-wuqing/service_centre", "reason": "示例：营业场所在武清"},
        needed=("holder", "reason"),
        choices=("holder",),
        texts=("reason",),
    ),
    Form(
        "dispute_call",
        "dispute",
        "",
        {"offer": "{silent}", "reason": "示例：逾期未答复"},
        needed=("reason",),
        texts=("reason",),
    ),
    Form(
        "case_not_accept",
        "case",
        "number={filed}",
        {
            "not_accept-ground": "papers_incomplete",
            "not_accept-missing": "floor_plan",
            "not_accept-remark": "示例",
        },
        needed=("not_accept-ground",),
        choices=("not_accept-ground", "not_accept-missing"),
        texts=("not_accept-remark",),
    ),
    Form(
        "case_suspend",
        "offer",
        "number={in_hand}",
        {
            "suspend-ground": "papers_missing",
            "suspend-missing": "floor_plan",
            "suspend-facts": "示例",
            "suspend-epoch": "1",
        },
        needed=("suspend-ground",),
        choices=("suspend-ground", "suspend-missing"),
        texts=("suspend-facts",),
        numbers=("suspend-epoch",),
    ),
    Form(
        "case_resume",
        "offer",
        "number={paused}",
        {"resume-ended": "on", "resume-epoch": "1"},
        needed=("resume-ended",),
        numbers=("resume-epoch",),
    ),
    *(
        Form(
            f"case_{name}",
            "case",
            f"number={{{of}}}",
            {f"{name}-reason": "示例"},
            needed=(f"{name}-reason",),
            texts=(f"{name}-reason",),
        )
        for name, of in (("withdraw", "in_hand"), ("void", "filed"), ("review", "refused"))
    ),
    *(
        Form(
            f"case_{name}",
            cast,
            f"number={{{of}}}",
            {f"{name}-outcome": outcome, f"{name}-reason": "示例", f"{name}-epoch": epoch},
            needed=(f"{name}-outcome", f"{name}-reason"),
            choices=(f"{name}-outcome",),
            texts=(f"{name}-reason",),
            numbers=(f"{name}-epoch",),
        )
        for name, cast, of, outcome, epoch in (
            ("supersede", "decide", "refused", "granted", "1"),
            ("conclude", "review", "review", "upheld", "0"),
        )
    ),
    Form(
        "conflict_rule",
        "ruling",
        "pk={conflict}",
        {"rule-clause": "{clause}", "rule-reason": "示例：先行通报"},
        needed=("rule-clause", "rule-reason"),
        choices=("rule-clause",),
        texts=("rule-reason",),
    ),
    Form(
        "agenda_settle",
        "agenda",
        "pk={item}",
        {
            "resolve-kind": "dated",
            "resolve-met_on": "2026-03-11",
            "resolve-by_day": "2026-03-31",
            "resolve-text": "示例：限期完成",
        },
        needed=("resolve-kind", "resolve-met_on", "resolve-by_day", "resolve-text"),
        choices=("resolve-kind",),
        texts=("resolve-text",),
        times=("resolve-met_on", "resolve-by_day"),
    ),
    Form(
        "people_new",
        "people",
        "",
        {
            "username": "new-person",
            "display_name": "示例·新人",
            "post": "tj-wuqing-services/window_clerk",
            "valid_from": "2026-03-11",
        },
        needed=("username", "display_name", "post", "valid_from"),
        choices=("post",),
        texts=("username", "display_name"),
        times=("valid_from",),
    ),
    Form(
        "people_person",
        "people",
        "person_id={person}",
        {"post": "tj-wuqing-services/approver", "valid_from": "2026-03-11", "valid_until": ""},
        needed=("post", "valid_from"),
        choices=("post",),
        times=("valid_from", "valid_until"),
    ),
    Form(
        "people_roster",
        "roster",
        "",
        {
            "seat": "tj-wuqing-ecology/deputy@tj-wuqing/ecology_bureau",
            "from_at": "2026-05-01T08:00",
            "until_at": "2026-05-02T08:00",
        },
        needed=("seat", "from_at", "until_at"),
        choices=("seat",),
        times=("from_at", "until_at"),
    ),
    Form(
        "people_desks",
        "people",
        "",
        {"desk": "tj-wuqing/weather_bureau", "office": "tj-wuqing-coordination", "on": "2026-04-01"},
        needed=("desk", "office", "on"),
        choices=("desk", "office"),
        times=("on",),
    ),
    Form(
        "agreement_refuse",
        "signing",
        "version={proposed}",
        {"reason": "示例：条款有待商议"},
        needed=("reason",),
        texts=("reason",),
    ),
    Form(
        "agreement_ending",
        "signing",
        "version={standing}",
        {"on": "2027-06-01", "reason": "示例：期满"},
        needed=("on", "reason"),
        texts=("reason",),
        times=("on",),
    ),
    Form(
        "people_tokens",
        "people",
        "",
        {"seat": "tj-wuqing-services/approver@tj-wuqing/service_centre", "label": "示例程序"},
        needed=("seat", "label"),
        choices=("seat",),
        texts=("label",),
    ),
    Form(
        "subscriptions",
        "outbox",
        "",
        {
            "desk": "tj-wuqing/ecology_bureau",
            "connector": "webhook",
            "target": "https://duty.example.org/hook",
            "kinds": ["reminder", "escalation"],
        },
        needed=("desk", "connector", "target"),
        choices=("desk", "connector", "kinds"),
        texts=("target",),
    ),
    Form(
        "subscription",
        "outbox",
        "subscription_id={subscription}",
        {"target": "https://duty.example.org/hook", "kinds": ["reminder"]},
        needed=("target",),
        choices=("kinds",),
        texts=("target",),
    ),
    Form(
        "cases_view_save",
        "case",
        "",
        {"name": "示例·今天", "tab": "overdue"},
        needed=("name",),
        texts=("name",),
    ),
    Form(
        "cases_views",
        "case",
        "",
        {"view": "{view}", "name": "示例·明天"},
        needed=("name",),
        texts=("name",),
    ),
    Form(
        "case_give",
        "case",
        "number={accepted}",
        {"to": "{colleague}"},
        needed=("to",),
        choices=("to",),
    ),
    Form(
        "stand_ins",
        "people",
        "",
        {
            "holding": "{away_holding}",
            "stand_in": "{stand_in}",
            "valid_from": "2026-03-12",
            "valid_until": "2026-03-14",
        },
        needed=("holding", "stand_in", "valid_from", "valid_until"),
        choices=("holding", "stand_in"),
        times=("valid_from", "valid_until"),
    ),
]
# Forms that ask for nothing but a press of the button, and forms of the login, which have tests of their own.
WITHOUT_FIELDS = {
    # any text may stand in a draft: its faults are shown beside it
    "agenda_export", "agreement_check", "agreement_draft", "agreement_new",
    "agreement_sign", "agreement_sign_ending", "agreement_stay", "agreement_leave", "agreement_milestone",
    "duty_accept", "duty_resume", "case_accept", "case_close", "case_consent", "case_recall", "case_slip", "case_take_over", "track_act", "track_leave", "cases_export", "desk_export", "incident_confirm", "incident_merge_answer",
    "notices_read",
    "node_ping", "outbox_replay", "people_end_holding", "people_open", "people_remove_shift", "people_reset", "people_revoke_token",
    "set_language", "subscription_active", "subscription_replay",
    # what a preview chose; tests/screens/test_desk_pages.py sends others
    "cases_bulk", "cases_bulk_confirm", "cases_bulk_go_on", "cases_view_delete", "case_take", "case_put_back", "case_text_drop", "stand_in_end",
}  # fmt: skip


def bad(form: Form) -> Iterator[tuple[str, str, Any]]:
    """Kind of fault, field, value."""
    for name in form.needed:
        yield "empty", name, ""
        yield "missing", name, None
    for name in form.choices:
        yield "unknown choice", name, "no-such-choice"
        yield "long choice", name, LONG
    for name in form.texts:
        yield "too long", name, LONG
    for name in form.times:
        yield "no time", name, "yesterday"
        yield "no such day", name, "2026-02-30T25:61"
        yield "before time", name, "0001-01-01T00:00"
        yield "after time", name, "99999-01-01T00:00"
    for name in form.numbers:
        yield "no number", name, "one"
    if form.screen == "incident_new":
        yield "in the future", "known_at", "2031-01-01T00:00"
        yield "known before it happened", "occurred_at", "2031-01-01T00:00"


CELLS = [
    pytest.param(form, *fault, id=f"{form.screen} {fault[1]} {fault[0]}")
    for form in FORMS
    for fault in bad(form)
]


def test_every_form_with_fields_is_tried():
    from tests.authorisation.scene import table

    posted = {row["screen"] for row in table("screens.csv") if row["method"] == "POST"}
    own = {name for name in posted & routes.screens() if not name.startswith(("account_", "mfa_"))}
    assert own - WITHOUT_FIELDS == {form.screen for form in FORMS}


@pytest.mark.once("a form judges what was typed before a table is asked; odd signs are tried on both")
@pytest.mark.parametrize(("form", "kind", "name", "value"), CELLS)
def test_bad_input_comes_back_with_what_was_typed(scene, cell, form, kind, name, value):
    body = form.filled(scene.words) | {"key": "a-key-of-this-form", name: value}
    if value is None:
        del body[name]
    with cell():
        client = scene.client(form.cast, "own", headers={"Accept-Language": "en"})
        before = written()
        answer = client.post(form.address(scene.words), body)
        page = unescape(answer.content.decode())
        assert answer.status_code == 422, f"{kind} in {name}: {answer.status_code}"
        assert written() == before
    assert 'class="error-summary' in page
    for other in form.texts:
        typed = body.get(other)
        if typed:
            assert typed in page, f"what was typed into {other} is gone"


@pytest.mark.parametrize("form", [f for f in FORMS if f.texts], ids=lambda form: form.screen)
@pytest.mark.parametrize(
    "text",
    [
        CONTROL,
        "nul\x00",
        pytest.param("𠮷\u202e\u202d", marks=pytest.mark.once("both keep every sign of Unicode but NUL")),
        pytest.param(
            "=1+1'; DROP TABLE x; --" + MARKUP, marks=pytest.mark.once("values are never statements")
        ),
    ],
)
def test_odd_signs_are_refused_or_kept_as_they_are(scene, cell, form, text):
    """Never a fault, never markup on a page. Where not all fields take the text, each is tried by itself."""
    if len(form.texts) > 1:
        with cell():
            if _kept_as_it_is(scene, form, dict.fromkeys(form.texts, text)):
                return
    for name in form.texts:
        with cell():
            _kept_as_it_is(scene, form, {name: text})


def _kept_as_it_is(scene, form, texts):
    """Send the form; return whether it was taken."""
    client = scene.client(form.cast, "own")
    before = written()
    answer = client.post(
        form.address(scene.words), form.filled(scene.words) | {"key": "a-key-of-this-form"} | texts
    )
    page = answer.content.decode()
    if answer.status_code == 302:
        page = client.get(answer.url).content.decode()
    else:
        assert answer.status_code in {200, 400, 422}, f"{', '.join(texts)}: {answer.status_code}"
        assert answer.status_code == 200 or written() == before
    assert "<script>alert" not in page
    return answer.status_code == 302
