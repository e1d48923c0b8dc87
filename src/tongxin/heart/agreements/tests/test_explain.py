"""Why a clause bound or did not, in words of both languages, for all six kinds."""

import json

import pytest
from django.utils import translation

from tests.support import judged
from tongxin.heart.agreements import explain, queries
from tongxin.heart.agreements.match import Considered
from tongxin.heart.agreements.models import Clause, Duty

pytestmark = pytest.mark.django_db(transaction=True)
WHERE = """\
  - id: cyanide-only
    kind: notify
    title: {zh: 仅氰化物, en: Cyanide only}
    text: {zh: 仅氰化物事件通报。, en: Only cyanide is told.}
    when: {event: ecology.water_incident, where: {pollutant: [cyanide]}}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    due: {within: PT1H}
    must_carry: [pollutant]
"""
HANDLE = """\
  - id: accept-here
    kind: handle
    title: {zh: 通办, en: Accept here}
    text: {zh: 可以移交。, en: Cases may be handed over.}
    procedures: [food-business-licence]
    role: service_centre
    answer: {within: PT4H, starts: delivered, clock: hours}
    refuse_reasons: {not_competent: {zh: 不归本方, en: Not ours to decide}}
"""
PERMIT = """\
  - id: may-see
    kind: share
    title: {zh: 可以查看, en: May see}
    text: {zh: 可以查看断面数据。, en: The figures may be seen.}
    purpose: {zh: 研判, en: assessment}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    fields: [amount]
"""


def reasons(house, number: str, who: str = "langfang-duty") -> dict[str, tuple[bool, str, str]]:
    reader = house.acting(who)
    with translation.override("en"):
        found = explain.explain(reader, queries.matter(reader, number))
        return {r.clause.id.partition("/")[2]: (r.bound, r.considered.reason, str(r)) for r in found}


def test_every_clause_that_was_looked_at_says_why(house):
    judged.load(
        "judged-now", "judged-figures", "judged-gate", "judged-costs", "judged-results",
        texts=tuple(judged.text_of(f"judged-{n}", text) for n, text in enumerate((WHERE, HANDLE, PERMIT))),
        alone=True,
    )  # fmt: skip
    number = judged.incident(house)["matter"]
    assert reasons(house, number) == {
        "tell-now": (True, "bound", "It binds: to be told are Wuqing ecology and environment bureau."),
        "results-recognised": (
            True, "bound", "It binds: an answer is owed to Langfang ecology and environment bureau.",
        ),
        "cyanide-only": (False, "value_differs", "It is for other values of: Pollutant."),
        "accept-here": (False, "no_event", "It waits for no event: it rules how cases are handed over."),
        "may-see": (False, "no_event", "It waits for no event: it says what may be seen."),
        "gate-opened": (
            False, "other_event", "It waits for another event: An agreement with dated tasks comes into force.",
        ),
        "monthly-figures": (False, "other_event", "It waits for another event: A period begins."),
        "shared-costs": (False, "other_event", "It waits for another event: A period begins."),
    }  # fmt: skip
    reader = house.acting("langfang-duty")
    shown = explain.shown(explain.explain(reader, queries.matter(reader, number)))
    assert [r.clause.name for r in shown.near] == ["tell-now", "results-recognised", "cyanide-only"]
    assert {r.considered.reason for r in shown.folded} == {"no_event", "other_event"}
    assert (len(shown.folded), shown.rest, shown.beyond) == (5, 5, 0)
    page = house.client("langfang-duty", headers={"accept-language": "en"}).get(f"/incidents/{number}/")
    head, _summary, folded = page.content.decode().partition("5 more clauses looked at</summary>")
    assert "It is for other values of: Pollutant." in head
    assert "It waits for another event: A period begins." not in head
    assert folded.count("It waits for another event: A period begins.") == 2


def test_the_nearest_to_binding_stands_first(house):
    judged.load("judged-now", alone=True)
    clause = Clause.objects.select_related("version__instrument").get(id="judged-now@1/tell-now")
    found = [
        explain.Reason(clause, Considered(clause.id, reason == "bound", reason), {})
        for reason in ("other_event", "value_differs", "not_likely", "bound", "nobody_to_tell", "no_event")
    ]
    shown = explain.shown(sorted(found, key=lambda r: (not r.bound, r.distance)))
    near = [r.considered.reason for r in shown.near]
    assert near == ["bound", "not_likely", "nobody_to_tell", "value_differs"]
    assert shown.rest == 2
    many = explain.shown(found * 200)
    assert (len(many.near), len(many.folded), many.beyond) == (206, explain.FOLDED, 1200 - 206 - 200)


def test_a_period_says_which_clauses_return_in_it(house):
    yearly = judged.SHARE.replace("P1M", "P1Y").replace("monthly-figures", "yearly-figures")
    figures = judged.text_of("judged-figures", judged.SHARE + yearly)
    judged.load("judged-costs", texts=(figures,), alone=True)
    duty = judged.opened("judged-figures")
    found = reasons(house, duty.matter_id)
    assert found["monthly-figures"][2] == "It binds: the data go to Wuqing ecology and environment bureau."
    assert found["yearly-figures"][1:] == ("other_period", "It returns in other periods than 2026-03.")
    assert found["shared-costs"][1:] == ("other_period", "It returns in periods of its own agreement.")
    (near, *_rest) = explain.explain(house.acting("langfang-duty"), duty.matter)
    assert (near.bound, near.far, [d.pk for d in near.duties]) == (True, False, [duty.pk])
    told = explain.as_json(near)
    assert json.loads(json.dumps(told)) == told
    (clock,) = told["duties"]
    assert clock["due_at"] == "2026-04-03T17:30:00+08:00"
    assert [line["counts"] for line in clock["counted"]] == [False, True]


def test_who_is_only_owed_sees_the_clauses_under_which_it_is_owed(house):
    judged.load("judged-now", "judged-figures", alone=True)
    number = judged.incident(house)["matter"]
    assert list(reasons(house, number, "wuqing-duty")) == ["tell-now"]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (("other_event", "ecology.nothing"), "It waits for another event: ecology.nothing."),
        (("condition_fails", "crosses_boundary"), "Its condition does not hold: "),
        (("place_is_no_party", "tj-baodi"), "The place, Baodi, belongs to none of its parties."),
        (("nobody_is_bound", "reporter"), "It binds nobody here: who reported it is no party, or has left."),
        (("nobody_is_bound", "tj-baodi"), "It binds nobody here: Baodi is no party, or has left."),
        (("nobody_to_tell", "other_parties"), "None of its parties is among those to be told: the other parties."),
        (("nobody_to_tell", "downstream"), "None of its parties is among those to be told: downstream on the same river."),
        (("not_likely", "0.003 < 0.05"), "Not likely enough: at most 0.3%, and it binds from 5%."),
        (
            ("not_yet_in_force", "2026-03-10T00:00:00+08:00"),
            "It came into force at 2026-03-10 00:00, after this was known.",
        ),
        (("other_instrument", "baodi-langfang-water"), "This is of another agreement: "),
        (("other_milestone", "opened"), "It waits for another milestone than opened."),
        (("no_such_desk", "tj-baodi/opera"), "It would bind a desk that does not exist: tj-baodi/opera."),
    ],
)  # fmt: skip
def test_each_reason_is_a_sentence_in_both_languages(house, seen, words):
    clause = Clause.objects.select_related("version__instrument").earliest("id")
    considered = Considered(clause.id, False, *seen)
    reason = explain.Reason(clause, considered, explain._names([considered]))
    with translation.override("en"):
        assert str(reason).startswith(words)
        assert str(reason).endswith(".")
    with translation.override("zh-hans"):
        said = str(reason)
    assert said.endswith("。")
    assert "请" not in said
    assert not Duty.objects.exists()
