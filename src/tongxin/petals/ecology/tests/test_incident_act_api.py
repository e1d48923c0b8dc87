"""What is done in an incident through the API and on the command line: the same acts, documented codes, one effect a key."""

import json
import uuid

import pytest
from click.testing import CliRunner

from tests.worked_example import instruments
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Event
from tongxin.petals.ecology import actions
from tongxin.petals.ecology.tests.test_incident_acts import BAODI, WUQING, reported, tell

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = str(uuid.UUID(int=7))
CARRIED = {
    "location": "示例：闸下",
    "pollutant": "ammonia",
    "amount": "20 t",
    "forecast_arrival": "示例：夜里",
}
FORECAST = {
    "known_at": "2026-03-11T10:00:00+08:00",
    "engine": {"name": "spill", "version": "1", "inputs": "a" * 64, "seed": 7},
    "arrivals": [
        {"place": "tj-baodi", "probability": 0.97, "arrival_p50": "2026-03-11T22:00:00+08:00"},
        {"place": "tj-wuqing", "probability": 0.004},
    ],
}


@pytest.fixture
def spill(house):
    instruments.enter(instruments.agreement_a(), instruments.agreement_b(3, "PT30M", "2024-01-01"))
    return reported(house)


@pytest.fixture
def api(house):
    """Calls the API as a demo person: `api("langfang-duty", "/incidents/…", body, key="k")`; without a body, GET."""
    tokens: dict[str, str] = {}

    def call(who: str, path: str, body=None, key: str = "k", expect: int | None = None):
        if who not in tokens:
            tokens[who] = house.token(who)
        headers = {"Authorization": f"Bearer {tokens[who]}"}
        client = house.client()
        if body is None:
            answer = client.get(f"/api/v1{path}", headers=headers)
        else:
            answer = client.post(
                f"/api/v1{path}",
                json.dumps(body),
                content_type="application/json",
                headers=headers | {"Idempotency-Key": key},
            )
        if expect is not None:
            assert answer.status_code == expect, answer.content
            return answer.json()
        return answer

    return call


def correction(house, event, **more):
    return {
        "event": event,
        "place": "he-langfang-xianghe",
        "river": "qinglongwan-jianhe",
        "location": "示例：闸下",
        "pollutant": "ammonia",
        "amount": "2 t",
        "known_at": house.clock.at.isoformat(),
        "reason": "示例：复核",
    } | more


def test_corrected_forecast_stood_down_withdrawn(house, api, spill):
    tell(house, spill, WUQING)
    event = api("langfang-duty", f"/incidents/{spill}", expect=200)["event"]
    body = correction(house, event)
    done = api("langfang-duty", f"/incidents/{spill}/corrections", body, "c", expect=201)
    assert api("langfang-duty", f"/incidents/{spill}/corrections", body, "c", expect=201) == done
    assert len(done["duties"]) == 1  # Wuqing is told anew; what is open to Baodi stays
    stale = api(
        "langfang-duty", f"/incidents/{spill}/corrections", correction(house, event, amount="3 t"), "c2"
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "event_replaced")
    tell(house, spill, WUQING, key="anew", amount="2 t")
    done = api("langfang-duty", f"/incidents/{spill}/forecasts", FORECAST, "f", expect=201)
    assert Duty.objects.get(pk=done["duties"][-1]).purpose == "stand_down"
    sent = api("langfang-duty", f"/incidents/{spill}/stand-downs", {"to_desk": WUQING}, "s", expect=201)
    assert len(sent["met"]) == 1
    seen = api("langfang-duty", f"/incidents/{spill}", expect=200)
    assert [v["act"] for v in seen["versions"]] == ["report", "correction"]
    assert seen["versions"][0]["until"] == seen["versions"][1]["recorded_at"]
    assert seen["forecasts"][0]["engine"]["inputs"] == "a" * 64
    assert seen["report"]["data"]["amount"] == "2 t"
    body = {"event": seen["event"], "reason": "示例：误报"}
    done = api("langfang-duty", f"/incidents/{spill}/withdrawals", body, "w", expect=201)
    assert done["voided"]
    assert api("langfang-duty", f"/incidents/{spill}", expect=200)["report"]["withdrawn"]
    wuqing = api("wuqing-duty", f"/incidents/{spill}", expect=200)
    assert (wuqing["report"], wuqing["versions"], wuqing["forecasts"]) == (None, [], [])
    assert [n["kind"] for n in wuqing["notices"]] == ["notice", "notice", "stand_down"]


def test_called_heard_objected_merged_closed(house, api, spill):
    house.clock.move_by(minutes=2)
    at = house.clock.at.isoformat()
    body = {"to_desk": WUQING, "at": at, "carried": CARRIED}
    made = api("langfang-duty", f"/incidents/{spill}/calls", body, "c", expect=201)
    assert made["waits_for"] == WUQING
    done = api("wuqing-duty", f"/calls/{made['message']}/hearing", {"at": at}, "h", expect=201)
    assert len(done["met"]) == 1
    event = api("wuqing-duty", f"/incidents/{spill}", expect=200)["event"]
    body = {"event": event, "text": "示例：不是本河段"}
    api("wuqing-duty", f"/incidents/{spill}/objections", body, "o", expect=201)
    second = reported(house, key="second", who="xianghe-duty")
    body = {"other": spill, "reason": "示例：同一起"}
    made = api("xianghe-duty", f"/incidents/{second}/merge-proposals", body, "m", expect=201)
    seen = api("langfang-duty", f"/incidents/{spill}", expect=200)
    assert [o["text"] for o in seen["objections"]] == ["示例：不是本河段"]
    url = seen["proposals"][0]["url"].removeprefix("/api/v1")
    assert api("baodi-duty", url, {"agree": True}, "x").status_code == 404
    assert api("langfang-duty", url, {"agree": True}, "a", expect=201) == {"incident": spill, "agreed": True}
    assert api("xianghe-duty", f"/incidents/{second}", expect=200)["absorbed_by"] == spill
    done = api("langfang-duty", f"/incidents/{spill}/closure", {"reason": "示例：恢复"}, "z", expect=201)
    assert done["told"] == [WUQING]
    assert made["earlier"] == spill


@pytest.mark.parametrize(
    ("who", "path", "body", "status"),
    [
        ("wuqing-duty", "/incidents/{spill}/corrections", {}, 422),
        ("langfang-duty", "/incidents/M-2026-999999/closure", {"reason": "x"}, 404),
        ("langfang-duty", "/incidents/{spill}/closure", {"reason": " "}, 422),
        ("langfang-duty", "/incidents/{spill}/closure", {"reason": "x" * 401}, 422),
        ("langfang-duty", "/incidents/{spill}/withdrawals", {"event": NOBODY, "reason": "x"}, 404),
        ("langfang-duty", "/incidents/{spill}/objections", {"event": NOBODY, "text": "x"}, 404),
        ("langfang-duty", "/incidents/{spill}/forecasts", FORECAST | {"arrivals": []}, 422),
        ("langfang-duty", "/incidents/{spill}/forecasts", FORECAST | {"stale_inputs": ["moon"]}, 422),
        ("langfang-duty", "/incidents/{spill}/forecasts", FORECAST | {"stale_inputs": ["gate"]}, 422),
        ("langfang-duty", "/incidents/{spill}/forecasts", FORECAST | {"known_at": "2026-03-11T10:00:00"}, 422),
        ("tongzhou-duty", "/incidents/{spill}/forecasts", FORECAST, 404),
        ("langfang-duty", "/incidents/{spill}/merge-proposals", {"other": "M-1", "reason": "x"}, 404),
        ("langfang-duty", "/merge-proposals/99/answer", {"agree": True}, 404),
        ("langfang-duty", "/merge-proposals/9007199254740991/answer", {"agree": True}, 404),
        ("langfang-duty", "/incidents/{spill}/stand-downs", {"to_desk": WUQING}, 409),
        ("langfang-duty", "/incidents/{spill}/calls", {"to_desk": WUQING, "at": "2026-03-11T10:00:00+08:00", "carried": {}}, 422),
        ("langfang-duty", "/incidents/{spill}/calls", {"to_desk": "x/y", "at": "2026-03-11T10:00:00+08:00", "carried": {}}, 409),
        ("wuqing-duty", f"/calls/{NOBODY}/hearing", {"at": "2026-03-11T10:00:00+08:00"}, 404),
    ],
)  # fmt: skip
def test_documented_codes_and_nothing_done(house, api, spill, who, path, body, status):
    duties, events = Duty.objects.count(), Event.objects.count()
    answer = api(who, path.format(spill=spill), body)
    assert answer.status_code == status, answer.content
    assert set(answer.json()) >= {"code", "what", "kept", "todo"}
    assert (Duty.objects.count(), Event.objects.count()) == (duties, events)


@pytest.fixture
def run(house):
    """Runs a command as a demo person; returns its result."""

    def do(who: str, *args: str):
        from tongxin.site.cli import Session, root

        token = house.token(who)
        return CliRunner().invoke(
            root, ["--token", token, "incidents", *args], obj=Session(token=token), catch_exceptions=True
        )

    return do


def test_the_same_on_the_command_line(house, run, spill, tmp_path):
    tell(house, spill, WUQING)
    assert "1 opened" in run("langfang-duty", "correct", spill, "--amount", "2 t", "--reason", "x").output
    tell(house, spill, WUQING, key="anew", amount="2 t")
    file, inputs = tmp_path / "forecast.yaml", tmp_path / "inputs.csv"
    told = FORECAST | {"engine": {k: v for k, v in FORECAST["engine"].items() if k != "inputs"}}
    file.write_text(json.dumps(told), "utf-8")
    inputs.write_bytes(b"flow,46\n")
    assert run("langfang-duty", "forecast", spill, str(file)).exit_code != 0  # no hash of the inputs
    done = run("langfang-duty", "forecast", spill, str(file), "--inputs", str(inputs))
    assert done.output.startswith("Recorded: event ")
    assert Event.objects.get(engine__isnull=False).engine["inputs"] == actions.hash_of_inputs([b"flow,46\n"])
    assert "1 duties" in run("langfang-duty", "stand-down", spill, "--to", WUQING).output
    carry = [
        part
        for name, value in (CARRIED | {"amount": "2 t"}).items()
        for part in ("--carry", f"{name}={value}")
    ]
    called = run("langfang-duty", "call", spill, "--to", BAODI, *carry)
    message = called.output.split("call ")[1].split()[0]
    assert "2 duties met" in run("baodi-duty", "heard", message).output
    assert "beside the report" in run("wuqing-duty", "object", spill, "--text", "x").output
    second = reported(house, key="second", who="xianghe-duty")
    made = run("xianghe-duty", "merge", second, "--with", spill, "--reason", "x")
    number = made.output.split("proposal ")[1].split(":")[0]
    assert f"They are one: {spill}" in run("langfang-duty", "answer-merge", number, "--agree").output
    shown = run("langfang-duty", "show", spill).output
    for words in ("20 t → 2 t", "spill 1 seed 7", "objection of", "merge proposal", "stand_down", "round 2"):
        assert words in shown
    assert "All-clear to" in run("langfang-duty", "close", spill, "--reason", "x").output
    late = run("langfang-duty", "withdraw", spill, "--reason", "x")
    assert late.exception.code == "matter_is_closed"


def test_a_bad_file_is_refused_by_line(house, run, spill, tmp_path):
    file = tmp_path / "forecast.yaml"
    file.write_text(
        "known_at: 2026-03-11T10:00:00+08:00\nengine: {name: x, version: '1', seed: one}\narrivals: []\n"
    )
    refused = run("langfang-duty", "forecast", spill, str(file)).exception
    assert refused.code == "invalid"
    assert any("forecast.yaml:2" in fault for fault in refused.fields["file"])
    assert run("langfang-duty", "forecast", spill, str(tmp_path / "none.yaml")).exception.code == "invalid"


def test_who_reported_is_told_how_many_duties_are_between_others_and_who_was_told_is_not(house):
    """Four duties opened and two are shown: the page and the command line say that there are more, and who sees them."""
    from click.testing import CliRunner
    from django.utils import translation

    from tongxin.heart.agreements import queries as agreements
    from tongxin.heart.agreements.models import Duty
    from tongxin.petals.ecology import cli
    from tongxin.site.cli import Session

    number = reported(house, key="others", who="xianghe-duty")
    there = Duty.objects.filter(matter=number)
    shown = len(agreements.duties_in(house.acting("xianghe-duty"), [number]))
    more = there.count() - shown
    assert more > 0
    english = {"Accept-Language": "en"}
    page = house.client("xianghe-duty", headers=english).get(f"/incidents/{number}/").content.decode()
    assert f"{more} more dut" in page
    token = house.token("xianghe-duty", "he-langfang-xianghe-ecology/duty_officer")
    with translation.override("en"):
        said = CliRunner().invoke(cli.group, ["show", number], obj=Session(token=token))
    assert f"{more} more dut" in said.output, said.exception
    told = there.exclude(owed_desk="he-langfang/ecology_bureau").filter(purpose="do").first()
    assert told is not None
    other = house.client("baodi-duty", headers=english).get(f"/incidents/{number}/").content.decode()
    assert "more dut" not in other
