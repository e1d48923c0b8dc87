"""Screens, API and command line of scores: public, marked, and silent about duties to whoever has no part in them."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongxin.heart.agreements import duties
from tongxin.heart.measures import jobs
from tongxin.heart.measures.tests.conftest import BAODI, LANGFANG, WUQING
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)

DUE = datetime(2026, 3, 10, 12, 0, tzinfo=clock.BEIJING)
EN = {"accept-language": "en"}


@pytest.fixture
def kept(make, house, settings):
    """Six duties of Langfang to Baodi: five on time, one overdue; two of Wuqing; one drill; the demonstration."""
    settings.DEMO = True
    house.clock.move_to(DUE + timedelta(days=2))
    for _n in range(5):
        make.met("score-a/notify", DUE, late_entry=timedelta(minutes=30))
    late = make.duty("score-a/notify", DUE, late_entry=timedelta(minutes=90))
    make.met("score-b/notify", DUE, timedelta(minutes=4), desk=WUQING)
    make.duty("score-b/notify", DUE, desk=WUQING, state="excused", ended_at=DUE)
    make.duty("score-a/notify", DUE, drill=True)
    return late


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_anyone_reads_scores_with_n_and_marks(house, kept):
    page = text(house.client(headers=EN).get("/scores/"))
    assert "83% 5 of 6" in page
    assert "0 of 1 too few for a percentage" in page
    assert "Excused 1" in page
    assert "Drill 1" in page
    assert "Illustrative data" in page
    assert "30 min longest 1 h 30 min" in page
    assert "Duties due since 2025-04" in page


def test_it_is_rolled_up_narrowed_and_sorted(house, kept):
    client = house.client(headers=EN)
    assert "83% 5 of 6" in text(client.get("/scores/?by=jurisdiction"))
    only = text(client.get("/scores/?by=desk&party=tj-wuqing"))
    assert "Wuqing" in only
    assert "83%" not in only
    assert "No duty fits these filters" in text(client.get("/scores/?month=2026-01"))
    assert client.get("/scores/?month=2026-99").status_code == 422
    by_share = text(client.get("/scores/?sort=share"))
    assert by_share.index("0 of 1") < by_share.index("5 of 6")
    assert text(client.get("/scores/?sort=-share")).index("5 of 6") < by_share.index("5 of 6")


@pytest.mark.parametrize(
    "asked",
    [
        "month=9999-12",
        "until=9999-12",
        "since=9999-12",
        "since=9997-01&until=9999-12",
        "since=0001-01&until=9999-12",
        "month=2200-01",
        "month=1949-12",
        "month=0000-01",
        "since=1950-01",
    ],
)
def test_months_that_nobody_can_count_are_refused_at_once(house, kept, asked):
    client = house.client()
    for path in (
        "/scores/",
        "/scores/export/",
        "/scores/score-a/",
        "/scores/score-a/duties/",
        "/api/v1/scores",
    ):
        assert client.get(f"{path}?{asked}").status_code == 422, path
    options = [part for each in asked.split("&") for part in (f"--{each.split('=')[0]}", each.split("=")[1])]
    for command in (["list"], ["show", "score-a"], ["export"]):
        assert run("scores", *command, *options).exit_code == 1, command


def test_the_last_month_that_can_be_counted_is_counted(house, kept):
    client = house.client()
    for path in (
        "/scores/",
        "/scores/export/",
        "/scores/score-a/",
        "/scores/score-a/duties/",
        "/api/v1/scores",
    ):
        for month in ("1950-01", "2199-12"):
            assert client.get(f"{path}?month={month}").status_code == 200, path


def test_outside_the_demonstration_nothing_illustrative_is_scored(house, kept, settings):
    settings.DEMO = False
    assert "No scores yet" in text(house.client(headers=EN).get("/scores/"))
    assert house.client().get("/api/v1/scores").json()["scores"] == []


def test_an_instrument_by_clause_office_and_month(house, kept):
    answer = house.client(headers=EN).get("/scores/score-a/")
    page = text(answer)
    heads = re.findall(r'<th scope="col" class="num">\s*(?:<a [^>]*>)?(\d{4}-\d{2})', answer.content.decode())
    assert (len(heads), heads[0]) == (12, "2026-03")
    assert heads == sorted(heads, reverse=True), "on a narrow screen the newest month is the one that is seen"
    assert "2026-03" in page
    assert "83.3% 5/6" in page
    assert "1 overdue" in page
    assert "entry delay 30 min (median), longest 1 h 30 min" in page
    assert house.client().get("/scores/none/").status_code == 404


def test_duties_behind_a_number_are_shown_to_their_parties_only(house, kept):
    at = "/scores/score-a/duties/?clause=score-a/notify&number=overdue"
    number = kept.thread.removeprefix("matter:")
    for who, sees in (("langfang-duty", True), ("baodi-duty", True), ("tongzhou-duty", False), ("", False)):
        page = text(house.client(who, headers=EN).get(at))
        assert "1 duty stands behind this number" in page
        assert (number in page) is sees, who
    assert "5 duties stand behind" in text(house.client(headers=EN).get(at.replace("overdue", "on_time")))
    coordinator = house.client("wuqing-coordinator", "tj-wuqing-coordination/coordinator", headers=EN)
    wide = text(coordinator.get("/scores/score-b/duties/?number=late"))
    assert "1 duty stands behind this number" in wide
    assert "M-2026" in wide
    assert "My jurisdiction" in text(coordinator.get("/scores/"))


def test_the_file_carries_the_marks_and_the_reason_for_no_share(house, kept):
    answer = house.client(headers=EN).get("/scores/export/?instrument=score-a")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(r["On-time share"], r["Judged"], r["Mark"]) for r in rows] == [
        ("83.3%", "6", "Illustrative data")
    ]
    assert (rows[0]["Entry delay, median (min)"], rows[0]["Clause (code)"]) == ("30", "score-a/notify")
    wide = house.client(headers=EN).get("/scores/export/?by=desk&by_month=1")
    rows = list(csv.DictReader(io.StringIO(wide.content.decode("utf-8-sig"))))
    assert [(r["Bound office (code)"], r["Month of the due"], r["On-time share"]) for r in rows] == [
        (LANGFANG, "2026-03", "83.3%"),
        (WUQING, "2026-03", "under 5"),
    ]


def test_a_frozen_month_and_what_was_restated(house, kept):
    house.clock.move_to(datetime(2026, 4, 6, 12, 0, tzinfo=clock.BEIJING))
    jobs.freeze_month()
    house.clock.move_by(days=1)
    duties.end(kept, "excused", at=clock.now(), reason="示例")
    jobs.freeze_month()
    page = text(house.client(headers=EN).get("/scores/months/2026-03/"))
    assert "83.3% 5/6" in page
    assert "100% 5/5 Revised" in page
    assert "1 duty of other offices" in page
    seen = text(house.client("baodi-duty", headers=EN).get("/scores/months/2026-03/"))
    assert f"duty {kept.pk} Overdue now → Excused" in seen
    assert "5/6 → 100% 5/5" in text(house.client(headers=EN).get("/scores/score-a/"))
    assert "when frozen 5/6" in text(house.client(headers=EN).get("/scores/"))
    assert house.client().get("/scores/months/2026-02/").status_code == 404
    zh = text(house.client(headers={"accept-language": "zh-hans"}).get("/scores/months/2026-03/"))
    assert "已订正" in zh
    told = house.client().get("/api/v1/scores/months/2026-03").json()
    assert told["restatements"] == 1
    assert told["changes"][0]["before"]["overdue"] == 1
    assert told["changes"][0]["after"] | {"share": 1.0, "n": 5} == told["changes"][0]["after"]
    with CaptureQueriesContext(connection) as asked:
        listed = house.client().get("/api/v1/scores/months").json()
    assert len([q for q in asked if "frozenmonth" in q["sql"] or "checkpoint" in q["sql"]]) == 1
    assert [m["month"] for m in listed] == ["2026-03"]
    assert listed == [{name: told[name] for name in listed[0]}]
    listed = run("scores", "months", "2026-03").output
    assert "restated 1" in listed
    assert "5/6 -> 5/5" in listed


def test_the_api_tells_the_same(house, kept):
    told = house.client().get("/api/v1/scores?instrument=score-a&extras=true").json()
    [score] = told["scores"]
    assert (score["n"], score["on_time"], score["share"]) == (6, 5, 5 / 6)
    assert score["illustrative"]
    assert score["entry_delay"] == {"median": 30.0, "longest": 90, "duties": 6}
    by_month = house.client().get("/api/v1/scores?by=desk&by=month").json()
    assert [s["parts"] for s in by_month["scores"]] == [
        {"desk": LANGFANG, "month": "2026-03"},
        {"desk": WUQING, "month": "2026-03"},
    ]
    assert by_month["total"]["n"] == 7
    secret = house.token("baodi-duty", desk=BAODI)
    client = house.client(headers={"authorization": f"Bearer {secret}"})
    behind = client.get("/api/v1/scores/score-a/duties?number=overdue").json()
    assert [d["id"] for d in behind["duties"]] == [kept.pk]
    assert client.get("/api/v1/scores/score-b/duties").json() | {"duties": []} == {
        "everything": 1,
        "total": 1,
        "next_offset": None,
        "duties": [],
    }
    assert house.client().get("/api/v1/scores/score-a/duties").status_code == 401
    assert house.client().get("/api/v1/scores?month=March").status_code == 422


def run(*args: str):
    from tongxin.site.cli import root

    return CliRunner().invoke(root, list(args))


def test_the_command_line_tells_the_same(house, kept, in_english):
    listed = run("scores", "list", "--by", "clause")
    assert "83.3% 5/6 on time, late 0, not met 0, overdue 1, Drill 1  [Illustrative data]" in listed.output
    assert "In all: 71.4% 5/7" in listed.output
    assert "entry delay 30 min (longest 90)" in run("scores", "show", "score-a").output
    assert run("scores", "show", "score-a").output.splitlines()[-1].startswith("2026-03: 83.3% 5/6")
    rows = list(csv.DictReader(io.StringIO(run("scores", "export", "--by", "desk").output)))
    assert [r["Judged"] for r in rows] == ["6", "1"]
    assert "No duty was due" in run("scores", "list", "--month", "2026-01").output
    assert "0 months" in run("scores", "freeze").output
    assert run("scores", "show", "none").exit_code != 0


@pytest.mark.parametrize(
    "address", ["/scores/", "/scores/?by=desk", "/scores/score-a/", "/scores/months/2026-03/"]
)
def test_a_page_asks_the_database_little(house, kept, make, address):
    house.clock.move_to(datetime(2026, 4, 6, 12, 0, tzinfo=clock.BEIJING))
    make.met("score-a/notify", clock.now())
    jobs.freeze_month()
    client = house.client()
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)
    assert len(asked) <= 18, "\n".join(q["sql"][:120] for q in asked)
