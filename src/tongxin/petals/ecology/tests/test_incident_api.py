"""The API and the command line of incidents and duties: the same acts, documented codes, nobody sees too much."""

import json
import uuid

import pytest
from click.testing import CliRunner

from tongxin.petals.ecology.tests.conftest import CARRIED, REPORT

pytestmark = pytest.mark.django_db(transaction=True)

BAODI = "tj-baodi/ecology_bureau"
BODY = REPORT | {"place": "he-langfang-xianghe", "known_at": "2026-03-11T09:55:00+08:00"}


@pytest.fixture
def api(house):
    """Calls the API as a demo person: `api("langfang-duty", "post", "/incidents", body, key="k")`."""

    def call(who: str, method: str, path: str, body=None, key: str = ""):
        headers = {"Authorization": f"Bearer {house.token(who)}"} if who else {}
        if key:
            headers["Idempotency-Key"] = key
        send = getattr(house.client(), method)
        data = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return send(f"/api/v1{path}", headers=headers, **data)

    return call


def test_report_tell_confirm_through_the_api(api):
    made = api("langfang-duty", "post", "/incidents", BODY, key="r")
    assert made.status_code == 201
    number = made.json()["incident"]
    assert made["Location"] == made.json()["url"] == f"/api/v1/incidents/{number}"
    assert api("langfang-duty", "post", "/incidents", BODY, key="r").json() == made.json()
    seen = api("langfang-duty", "get", f"/incidents/{number}").json()
    assert seen["report"]["known_at"] == "2026-03-11T09:55:00+08:00"
    times = ["10:25", "10:55", "13:55"]  # Wuqing, Baodi, and by law the own government and the province
    assert {d["due_at"] for d in seen["duties"]} == {f"2026-03-11T{at}:00+08:00" for at in times}
    told = api(
        "langfang-duty",
        "post",
        f"/incidents/{number}/notices",
        {"to_desk": BAODI, "carried": CARRIED},
        key="t",
    )
    assert told.status_code == 201
    baodi = api("baodi-duty", "get", f"/incidents/{number}").json()
    assert baodi["report"] is None
    assert [n["carried"]["location"] for n in baodi["notices"]] == ["土门楼闸下"]
    url = baodi["notices"][0]["url"].removeprefix("/api/v1")
    assert api("baodi-duty", "post", url, key="c").status_code == 201
    assert api("baodi-duty", "post", url, key="other").status_code == 409
    assert api("baodi-duty", "get", f"/incidents/{number}").json()["notices"][0]["confirmed_at"]


def test_duties_are_listed_to_who_owes_and_who_is_owed(api, report):
    number = report()
    mine = api("langfang-duty", "get", "/duties?side=bound&state=open").json()
    assert mine["total"] == 4
    assert api("baodi-duty", "get", "/duties").json()["total"] == 1
    assert api("tongzhou-duty", "get", "/duties").json()["total"] == 0
    one = mine["duties"][0]
    assert api("langfang-duty", "get", f"/duties/{one['id']}").json().items() >= one.items()
    assert api("tongzhou-duty", "get", f"/duties/{one['id']}").status_code == 404
    assert api("langfang-duty", "get", f"/duties?thread=matter:{number}&limit=1").json()["next_offset"] == 1
    assert api("langfang-duty", "get", "/duties?overdue=true").json()["total"] == 0
    assert api("langfang-duty", "get", "/duties?offset=9007199254740991").json()["duties"] == []


def test_pages_of_duties_are_those_of_either_side_once_each_by_due(api, report):
    number = report()
    for reader in ("langfang-duty", "langfang-coordinator"):
        whole = api(reader, "get", f"/duties?overdue=false&thread=matter:{number}").json()
        duties = whole["duties"]
        assert whole["total"] == len(duties) >= 4
        assert duties == sorted(duties, key=lambda d: (d["due_at"], d["id"]))
        pages = [api(reader, "get", f"/duties?overdue=false&limit=3&offset={n}").json() for n in (0, 3)]
        assert pages[0]["duties"] + pages[1]["duties"] == duties[:6]
        ids = {d["id"] for d in duties if d["agreement"] == duties[0]["agreement"]}
        agreement = duties[0]["agreement"].partition("@")[0]
        found = api(reader, "get", f"/duties?agreement={agreement}").json()
        assert {d["id"] for d in found["duties"]} == ids
        assert api(reader, "get", "/duties?agreement=nothing").json()["total"] == 0


def test_the_explanation_is_worded_in_both_languages(api, report):
    number = report()
    reasons = api("langfang-duty", "get", f"/incidents/{number}/explanation").json()
    bound = [r for r in reasons if r["bound"]]
    assert len(bound) == 4
    assert "宝坻区生态环境局" in bound[0]["words"]["zh"]
    assert "Baodi" in bound[0]["words"]["en"]
    assert api("tongzhou-duty", "get", f"/incidents/{number}/explanation").status_code == 404


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "key", "status"),
    [
        ("", "get", "/incidents", None, "", 401),
        ("", "get", "/duties", None, "", 401),
        ("", "post", "/incidents", BODY, "k", 401),
        ("langfang-duty", "get", "/incidents/M-2026-999999", None, "", 404),
        ("langfang-duty", "get", "/duties/9007199254740991", None, "", 404),
        ("langfang-duty", "post", "/incidents", BODY, "", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"place": "tj-baodi"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"place": "nowhere"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"river": "nile"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"pollutant": "love"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"known_at": "2026-03-11T09:55:00"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"known_at": "0001-01-01T00:00:00+08:00"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"known_at": "9999-12-31T23:59:59-08:00"}, "k", 422),
        ("langfang-duty", "post", "/incidents", BODY | {"location": "a\x00"}, "k", 400),
        ("langfang-duty", "post", "/incidents", BODY | {"amount": "x" * 300}, "k", 422),
        ("langfang-clerk", "post", "/incidents", BODY, "k", 403),
        (
            "langfang-duty",
            "post",
            "/incidents/M-2026-999999/notices",
            {"to_desk": BAODI, "carried": {}},
            "k",
            404,
        ),
        ("langfang-duty", "post", f"/notices/{uuid.UUID(int=7)}/confirmation", None, "k", 404),
        ("langfang-duty", "post", "/notices/no-uuid/confirmation", None, "k", 422),
        ("", "get", "/agreements", None, "", 200),
        ("", "get", "/agreements/baodi-langfang-water", None, "", 200),
        ("", "get", "/agreements/none@9", None, "", 404),
    ],
)
def test_documented_codes_and_nothing_done(api, house, who, method, path, body, key, status):
    size = house.size()
    answer = api(who, method, path, body, key)
    assert answer.status_code == status
    if status >= 400:
        assert set(answer.json()) >= {"code", "what", "kept", "todo"}
    assert house.size() <= size + 1  # a token may have been issued, no act was done


@pytest.fixture
def run(house):
    """Runs a command as a demo person; returns exit code and output."""

    def do(who: str, *args: str):
        from tongxin.site.cli import Session, root

        token = house.token(who) if who else ""
        return CliRunner().invoke(
            root, ["--token", token, *args], obj=Session(token=token), catch_exceptions=True
        )

    return do


def test_the_same_story_on_the_command_line(run):
    args = [
        "--place",
        "he-langfang-xianghe",
        "--river",
        "qinglongwan-jianhe",
        "--location",
        "桥",
        "--pollutant",
        "oil",
    ]
    made = run("langfang-duty", "incidents", "report", *args, "--known", "2026-03-11T09:55")
    assert made.output.startswith("M-2026-000001: 4 duties opened")
    carry = ["--carry", "location=桥", "--carry", "pollutant=oil", "--carry", "forecast_arrival=?"]
    told = run("langfang-duty", "incidents", "tell", "M-2026-000001", "--to", BAODI, *carry)
    message = told.output.split("message ")[1].split()[0]
    shown = run("baodi-duty", "incidents", "show", "M-2026-000001")
    assert message in shown.output
    assert "1 duties met" in run("baodi-duty", "incidents", "confirm", message).output
    assert "M-2026-000001" in run("baodi-duty", "incidents", "list").output
    assert "matter:M-2026-000001" in run("langfang-duty", "duties", "list").output
    assert (
        "+ baodi-langfang-water@1/notify-downstream"
        in run("langfang-duty", "agreements", "explain", "M-2026-000001").output
    )
    assert run("tongzhou-duty", "incidents", "list").output == "No incidents.\n"


def test_times_on_the_command_line_are_checked(run):
    for wrong in ("noon", "0001-01-01T00:00", "2026-03-11T09:55+99:00"):
        result = run("langfang-duty", "incidents", "report", "--known", wrong)
        assert result.exit_code == 2
