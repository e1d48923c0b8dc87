"""Stories of a warning that no clause lets go out: it goes out all the same, is marked, and is reviewed within a day."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from tests.worked_example import instruments
from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, own_rules, rulebook
from tongxin.heart.agreements.models import Duty, InstrumentVersion
from tongxin.heart.exchange.models import Message, Notification
from tongxin.heart.ledger.models import Entry
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.tests.test_incident_act_api import api  # noqa: F401
from tongxin.petals.ecology.tests.test_incident_acts import LANGFANG, WUQING, reported
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)

OWN = "he-langfang/coordination_office"
SAID = {"pollutant": "ammonia", "location": "示例：闸下"}


@pytest.fixture
def spill(house):
    """Only agreement A binds: no clause names Wuqing."""
    instruments.enter(instruments.agreement_a())
    return reported(house)


def warn(house, number, to=WUQING, key="w", who="langfang-duty", **more):
    said = {"carried": SAID, "basis": "necessity", "reason": "示例：下游有取水口"} | more
    return agreements.warn(by=house.acting(who), key=key, matter=number, to_desk=to, **said)


def test_who_no_clause_names_is_warned_and_the_own_coordination_office_reviews_it(house, spill):
    with pytest.raises(NotFound):
        queries.incident(house.acting("wuqing-duty"), spill)
    size = house.size()
    done = warn(house, spill)
    assert warn(house, spill) == done
    sent = Message.objects.get(id=done["message"])
    assert (sent.kind, sent.basis, sent.to_desk_id, sent.body["carried"]) == (
        "warning",
        "necessity",
        WUQING,
        SAID,
    )
    entry = Entry.objects.get(act="agreements.warning.sent")
    assert (entry.basis, house.size()) == (
        "necessity",
        size + 2,
    )  # and the rule of the review is in the register
    review = Duty.objects.get(pk=done["review"])
    assert (review.bound_desk_id, review.owed_desk_id, review.state) == (OWN, WUQING, "open")
    assert review.due_at == sent.delivered_at + timedelta(days=1)
    assert Notification.objects.filter(kind="warning_sent", desk_id=WUQING).count() == 1
    seen = queries.incident(house.acting("wuqing-duty"), spill)
    assert (seen.whole, seen.told) == (False, SAID)
    assert own_rules.REVIEW.partition("/")[0] not in rulebook.at(clock.now())


def test_a_review_is_handed_in_and_what_it_found_stands_beside_the_warning(house, spill):
    done = warn(house, spill)
    by = house.acting("langfang-coordinator", "he-langfang-coordination/coordinator", OWN)
    with pytest.raises(Invalid) as refused:
        agreements.perform(by=by, key="r0", duty=done["review"], carried={"finding": "perhaps"})
    assert set(refused.value.fields) == {"finding"}
    agreements.perform(
        by=by, key="r", duty=done["review"], carried={"finding": "clause_needed", "remark": "补充条款"}
    )
    assert Duty.objects.get(pk=done["review"]).state == "met"
    page = house.client("langfang-duty").get(f"/incidents/{spill}/").content.decode()
    assert "无条款依据" in page
    assert "因紧急需要" in page
    assert "今后应有条款规定 · 补充条款" in page
    theirs = house.client("wuqing-duty").get(f"/incidents/{spill}/").content.decode()
    assert "示例：下游有取水口" in theirs
    assert "复核" in theirs


def test_corrected_merged_or_closed_the_review_stays_owed_and_who_was_warned_gets_the_all_clear(house, spill):
    done = warn(house, spill)
    actions.withdraw(
        queries.latest_report(queries.incident(house.acting("langfang-duty"), spill)).id.hex,
        by=house.acting("langfang-duty"), key="x", reason="示例：误报",
    )  # fmt: skip
    assert Duty.objects.get(pk=done["review"]).state == "open"
    told = actions.close(spill, by=house.acting("langfang-duty"), key="c", reason="示例：恢复")["told"]
    assert WUQING in told
    assert Duty.objects.get(pk=done["review"]).state == "open"
    warn(house, spill, key="again")  # a danger that returns is told of, whatever state the incident is in


def test_what_cannot_be_sent_is_named_field_by_field(house, spill):
    for more, wrong in (
        ({"basis": "habit"}, {"basis"}),
        ({"to": LANGFANG}, {"to_desk"}),
        ({"to": "tj-wuqing/no_such_bureau"}, {"to_desk"}),
        ({"carried": {}}, {"carried"}),
        ({"carried": {"colour": "blue"}}, {"colour"}),
        ({"carried": {"location": "长" * 1001}}, {"location"}),
        ({"reason": " "}, {"reason"}),
    ):
        with pytest.raises(Invalid) as refused:
            warn(house, spill, **more)
        assert set(refused.value.fields) == wrong
    with pytest.raises(NotFound):
        warn(house, spill, who="tongzhou-duty")
    with pytest.raises(NotAllowed):
        warn(house, spill, who="langfang-clerk")
    assert not Message.objects.filter(kind="warning").exists()


def test_what_a_bar_forbids_stays_behind_and_the_warning_goes_out(house):
    bar = "  - {id: no-place, text: {zh: 不共享地点, en: No place}, fields: [location], of: he-langfang, to: anyone}\n"
    text = instruments.agreement_a().replace("clauses:", f"bars:\n{bar}clauses:", 1)
    instruments.enter(text)
    number = reported(house)
    done = warn(house, number)
    assert done["withheld"] == ["location"]
    (notice,) = errands.notices(
        house.acting("wuqing-duty"), queries.incident(house.acting("wuqing-duty"), number).matter
    )
    assert (notice.carried, notice.reason) == ({"pollutant": "ammonia"}, "示例：下游有取水口")
    assert "未发出" in house.client("wuqing-duty").get(f"/incidents/{number}/").content.decode()


def test_on_the_screen(house, spill):
    client = house.client("langfang-duty")
    assert f"/incidents/{spill}/warn/" in client.get(f"/incidents/{spill}/").content.decode()
    form = client.get(f"/incidents/{spill}/warn/").content.decode()
    assert form.index("tj-wuqing/ecology_bureau") < form.index(
        "bj-tongzhou/ecology_bureau"
    )  # downstream first
    body = {"key": "k", "to_desk": WUQING, "basis": "law", "reason": "示例规定", "pollutant": "ammonia"}
    bad = client.post(f"/incidents/{spill}/warn/", body | {"to_desk": "x", "reason": ""})
    assert bad.status_code == 422
    good = client.post(f"/incidents/{spill}/warn/", body, follow=True)
    assert good.redirect_chain == [(f"/incidents/{spill}/", 302)]
    assert "依法" in good.content.decode()
    review = Duty.objects.get(clause_id=own_rules.REVIEW)
    office = house.client("langfang-coordinator")
    assert office.get(f"/duties/{review.pk}/").status_code == 200
    assert office.get(f"/agreements/{own_rules.REVIEW.partition('/')[0]}/").status_code == 200
    assert house.client("wuqing-duty").get("/").status_code == 200


def test_through_the_api_and_on_the_command_line(house, spill, api):  # noqa: F811
    body = {"to_desk": WUQING, "basis": "necessity", "reason": "示例", "carried": {"pollutant": "oil"}}
    done = api("langfang-duty", f"/incidents/{spill}/warnings", body, "w", expect=201)
    assert api("langfang-duty", f"/incidents/{spill}/warnings", body, "w", expect=201) == done
    seen = api("wuqing-duty", f"/incidents/{spill}", expect=200)
    (notice,) = seen["notices"]
    assert (notice["kind"], notice["basis"], notice["review"], notice["finding"]) == (
        "warning",
        "necessity",
        "open",
        "",
    )
    assert (
        api("langfang-duty", f"/incidents/{spill}/warnings", body | {"basis": "habit"}, "w2").status_code
        == 422
    )
    from tongxin.site.cli import root

    def run(*args: str):
        token = ("--token", house.token("langfang-duty"))
        return CliRunner().invoke(root, [*token, "incidents", *args])

    given = (
        "--to",
        "bj-tongzhou/ecology_bureau",
        "--basis",
        "law",
        "--reason",
        "示例",
        "--carry",
        "pollutant=oil",
    )
    said = run("warn", spill, *given)
    assert said.exit_code == 0, said.output
    assert "is to review it" in said.output
    assert "no clause, by law" in run("show", spill).output
    assert InstrumentVersion.objects.filter(id="own-warnings@1").count() == 1
