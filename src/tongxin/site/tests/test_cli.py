"""The command line: help like a manual page, the authority of a token and no more, refusals in three parts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.holdings import Seat
from tongxin.heart.region.models import OfficeToken, Person
from tongxin.heart.region.tokens import issue
from tongxin.shared import clock
from tongxin.shared.errors import Refused
from tongxin.site import background, cli, demo, launch

ROOT = Path(__file__).resolve().parents[4]


IN_ONE_PROCESS = """
import json, sys
from tongxin.site.cli import main
for words in json.loads(sys.argv[1]):
    main(words)
    print("\\f", end="", flush=True)
"""


def own_environment(**more):
    """Without the settings of the tests."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TONGXIN_") and k != "LANG"}
    return clean | {"PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8", **more}


def tongxin(*args, data=None, **environment):
    """Run the command in a process of its own."""
    clean = own_environment(**environment)
    if data:
        clean["TONGXIN_DATA"] = str(data)
    return subprocess.run(
        [sys.executable, "-m", "tongxin.site.cli", *args],
        env=clean,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_help_reads_like_a_page_of_the_manual(capsys):
    assert cli.main(["--help"]) == 0
    page = capsys.readouterr().out
    places = [page.index(f"\n{h}\n") for h in ("SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT",
                                                "FILES", "EXIT STATUS", "SEE ALSO")]  # fmt: skip
    assert page.startswith("NAME\n")
    assert places == sorted(places)
    for name in (
        "demo",
        "run",
        "worker",
        "migrate",
        "region",
        "people",
        "token",
        "whoami",
        "health",
        "openapi",
    ):
        assert f"\n    {name} " in page
    with_token = page.partition("Acting and looking, with a token")[2].partition("\n\n")[0]
    assert "    duties " in with_token
    assert "    agreements " not in with_token
    assert "propose and sign agreements" in " ".join(page.split())


def test_every_setting_that_the_code_reads_is_on_the_page(capsys):
    import re

    cli.main(["--help"])
    page = capsys.readouterr().out
    read = set()
    for path in (ROOT / "src" / "tongxin").rglob("*.py"):
        if "tests" not in path.parts:
            read |= set(re.findall(r'"(TONGXIN_[A-Z_]+)"', path.read_text("utf-8")))
    assert {name for name in read if name not in page} <= {"TONGXIN_SERVER_PID"}


def test_whoami_acts_with_the_token_of_the_environment_or_the_option(world, capsys, monkeypatch):
    seat = Seat(world.posts["a-ecology_bureau/duty_officer"], world.desks["a/ecology_bureau"])
    secret = issue(seat, label="x", at=clock.now())[1]
    assert cli.main(["--token", secret, "whoami"]) == 0
    assert "a-ecology_bureau/duty_officer" in capsys.readouterr().out
    monkeypatch.setenv("TONGXIN_TOKEN", secret)
    assert cli.main(["whoami"]) == 0


@pytest.mark.parametrize("token", [[], ["--token", "tx_wrong_wrong"]])
def test_a_refusal_has_three_parts_and_status_2(world, capsys, token):
    assert cli.main([*token, "whoami"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    first, *rest = told.err.splitlines()
    assert first.startswith("tongxin: ")
    assert len(rest) == 2
    assert "Traceback" not in told.err


@pytest.mark.parametrize("words", [["no-such-command"], ["whoami", "--nonsense"], ["token", "issue"]])
def test_what_is_not_understood_is_status_2(words, capsys):
    assert cli.main(words) == 2
    assert "Usage:" in capsys.readouterr().err


def test_the_operator_makes_an_administrator_of_one_jurisdiction(world, capsys):
    assert cli.main(["--key", "k1", "people", "create-admin", "first-admin", "b"]) == 0
    password = capsys.readouterr().out.split()[-1]
    person = Person.objects.get(username="first-admin")
    assert person.administers_id == "b"
    assert person.check_password(password)
    assert Entry.objects.filter(act="people.administrator.created", post="system").exists()
    assert cli.main(["--key", "k1", "people", "create-admin", "first-admin", "b"]) == 0
    assert password not in capsys.readouterr().out, "the same command again shows no secret"
    assert cli.main(["people", "create-admin", "first-admin", "b"]) == 2
    assert cli.main(["people", "create-admin", "other-admin", "nowhere"]) == 2


def test_the_operator_issues_and_revokes_a_token(world, capsys):
    assert cli.main(["token", "issue", "--post", "a-ecology_bureau/head", "--label", "x"]) == 0
    secret = capsys.readouterr().out.strip()
    assert cli.main(["--token", secret, "whoami"]) == 0
    assert cli.main(["token", "revoke", secret[:13]]) == 0
    assert cli.main(["--token", secret, "whoami"]) == 2
    assert cli.main(["token", "issue", "--post", "no/such"]) == 2
    assert cli.main(["token", "issue", "--post", "a-ecology_bureau/head", "--desk", "b/ecology_bureau"]) == 2
    assert OfficeToken.objects.count() == 1


def test_a_demonstration_never_empties_a_database_in_which_others_work(world, settings, tmp_path):
    settings.DEMO, settings.DATA = True, tmp_path
    with pytest.raises(Refused) as refused:
        demo.prepare(reset=True, say=print)
    assert refused.value.code == "not_a_demonstration"
    assert Person.objects.exists()


def test_run_names_everything_that_is_missing_at_once(tmp_path):
    told = tongxin("run", data=tmp_path)
    assert told.returncode == 2
    assert "TONGXIN_SECRET_KEY" in told.stderr
    assert "TONGXIN_HOSTS" in told.stderr
    assert "Traceback" not in told.stderr


def test_run_refuses_a_database_that_is_not_ready(tmp_path):
    told = tongxin("run", data=tmp_path, TONGXIN_SECRET_KEY="x" * 40, TONGXIN_HOSTS="localhost")
    assert told.returncode == 2
    assert "tongxin migrate" in told.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TONGXIN_SECRET_KEY", "demo-only-not-a-secret-change-before-any-real-use"),
        ("TONGXIN_MODE", "nonsense"),
    ],
)
def test_settings_that_are_not_safe_are_refused(tmp_path, setting, value):
    environment = {"TONGXIN_SECRET_KEY": "x" * 40, "TONGXIN_HOSTS": "localhost", setting: value}
    told = tongxin("health", data=tmp_path, **environment)
    assert told.returncode == 2
    assert told.stderr.startswith("tongxin: ")
    assert "Traceback" not in told.stderr


def test_without_settings_the_way_to_the_demonstration_is_named(tmp_path):
    told = tongxin("agreements", "list", data=tmp_path, TONGXIN_MODE="run")
    assert told.returncode == 2
    assert "tongxin --mode demo" in told.stderr


def test_run_refuses_demo_people(world):
    from tongxin.heart.region.models import RegionInfo
    from tongxin.site import commands

    with pytest.raises(Refused) as without_region:
        commands.fit_to_run()
    assert "no region" in str(without_region.value.what)
    RegionInfo.objects.create(id="r", name_zh="区", name_en="R", pack_hash="x")
    commands.fit_to_run()
    Person.objects.filter(username="duty").update(demo=True)
    with pytest.raises(Refused) as with_demo_people:
        commands.fit_to_run()
    assert "demo people" in str(with_demo_people.value.what)


def test_a_taken_port_leads_to_the_next():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launch.free_port("127.0.0.1", port) > port


def test_two_servers_never_share_a_data_folder(tmp_path):
    with launch.alone_in(tmp_path, "http://localhost:1"):
        with pytest.raises(launch.AlreadyRunning) as refused, launch.alone_in(tmp_path, "http://localhost:2"):
            raise AssertionError
        assert "http://localhost:1" in str(refused.value.what)
    with launch.alone_in(tmp_path, "http://localhost:2"):
        pass


def test_one_job_that_fails_does_not_silence_the_others(db):
    rung = []

    def breaks():
        raise RuntimeError("a bad row")

    jobs = [
        ("breaks", breaks, 1),
        ("rings", lambda: rung.append(1), 1),
        ("seldom", lambda: rung.append(2), 4),
    ]
    for tick in range(4):
        background.once(jobs, tick)
    assert rung == [1, 2, 1, 1, 1]


def test_every_job_of_the_ticker_is_there():
    assert "tongxin.heart.ledger.actions:checkpoint" in {name for name, _job, _every in background.jobs()}


def test_the_mode_is_set_before_a_rooms_command_is_looked_for(monkeypatch):
    monkeypatch.setenv("TONGXIN_MODE", "run")
    cli.root.make_context("tongxin", ["--mode", "demo", "ledger", "verify"])  # reads the line, runs nothing
    assert os.environ["TONGXIN_MODE"] == "demo"


@pytest.fixture
def english():
    from django.utils import translation

    with translation.override("en"):
        yield


def test_a_reader_of_chinese_gets_help_and_faults_in_chinese():
    """What the four groups of the heart's agreements say, and what the parser says, has no English sentence in it."""
    import re

    several = (
        ("agreements", "--help"),
        ("agreements", "check", "--help"),
        ("clock", "due", "--help"),
        ("duties", "perform", "--help"),
        ("agenda", "settle", "--help"),
        ("agreements", "check"),
        ("clock", "due", "--clock", "working"),
        ("agenda", "lst"),
        ("duties", "show", "x"),
    )
    done = subprocess.run(
        [sys.executable, "-c", IN_ONE_PROCESS, json.dumps(several)],
        env=own_environment(TONGXIN_MODE="demo", LANG="zh_CN.UTF-8"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=True,
    )  # fmt: skip
    answers = done.stdout.split("\f")[:-1]
    assert len(answers) == len(several)
    for said in answers:
        assert re.search("[\u4e00-\u9fff]", said), said
        assert not re.search(
            r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", re.sub(r"[(（].*?[)）]|--\S+|tongxin.*", "", said)
        ), said
    page = tongxin("--help", LANG="zh_CN.UTF-8", COLUMNS="80").stdout
    assert not re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", page), page
    assert max(len(line) + len(re.findall("[\u2e80-\uffef]", line)) for line in page.splitlines()) <= 80
    assert "是否指：'list'" in tongxin("agenda", "lst", TONGXIN_MODE="demo", LANG="zh_CN.UTF-8").stderr
    assert "'agreements'" in tongxin("agreement", "list", TONGXIN_MODE="demo").stderr


def test_refusals_speak_to_one_who_has_no_screen(world, capsys, english):
    assert (
        cli.main(
            ["clock", "due", "--start", "soon", "--within", "P5D", "--debtor", "a/b", "--creditor", "a/b"]
        )
        == 2
    )
    said = capsys.readouterr().err
    assert "  --start: 'soon' is no instant" in said
    assert "run the command again" in said
    assert "marked fields" not in said
    assert cli.main(["agreements", "show", "no-such"]) == 2
    assert "tongxin agreements list." in capsys.readouterr().err
