"""The commands on files: check, diff, schema, export, reference, as a person and as a programme meets them."""

import json

import jsonschema_rs
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.utils import translation

from tongxin.heart.agreements.tests.test_reader import HERE

pytestmark = pytest.mark.django_db(transaction=True)
PACK = settings.REGION_PACK / "instruments"
WATER = PACK / "baodi-langfang-water.yaml"


def run(*args: str):
    from tongxin.site.cli import root

    with translation.override("en"):
        return CliRunner().invoke(root, ["agreements", *map(str, args)])


@pytest.fixture
def stricter(tmp_path):
    """The water agreement under another name, with half the time; and its own next version."""
    text = WATER.read_text(encoding="utf-8")
    other, after = tmp_path / "other.yaml", tmp_path / "after.yaml"
    other.write_text(
        text.replace("agreement: baodi-langfang-water", "agreement: second-water").replace(
            "PT1H, st", "PT30M, st"
        ),
        encoding="utf-8",
    )
    after.write_text(
        text.replace("version: 1", "version: 7")
        .replace("PT1H, st", "PT30M, st")
        .replace(", forecast_arrival]", "]"),
        encoding="utf-8",
    )
    return other, after


def test_check_tells_of_overlaps_as_warnings(house, stricter):
    done = run("check", stricter[0])
    assert done.exit_code == 0
    assert "other.yaml:14: warning: baodi-langfang-water/notify-downstream waits for" in done.output
    assert "stricter is second-water/notify-downstream (30 minutes before 1 hour)" in done.output


def test_check_tells_a_changed_text_under_an_old_number(house, tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text(WATER.read_text(encoding="utf-8").replace("PT1H, st", "PT2H, st"), encoding="utf-8")
    assert "baodi-langfang-water@1 is in the register with another text" in run("check", path).output
    assert "warning" not in run("check", WATER).output


def test_check_for_programmes(house, stricter):
    done = run("check", stricter[0], HERE / "bad" / "unknown_event.yaml", "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [f["agreement"] for f in said["files"]] == ["second-water"]
    assert len(said["files"][0]["hash"]) == 64
    fault = next(f for f in said["faults"] if "event" in f["reason"])
    assert (fault["file"], fault["line"], fault["nearest"]) == (
        "unknown_event.yaml",
        18,
        "ecology.water_incident",
    )
    assert said["warnings"][0]["line"] == 14


def test_diff_of_the_register_with_a_file(house, stricter):
    done = run("diff", "baodi-langfang-water@1", stricter[1])
    assert done.output.splitlines() == [
        "version: 1 → 7",
        "~ notify-downstream (notify)",
        "    due.within: PT1H → PT30M",
        "    must_carry: [location, pollutant, forecast_arrival] → [location, pollutant]",
    ]
    said = json.loads(run("diff", "baodi-langfang-water@1", stricter[1], "--json").output)
    assert said["clauses"][0]["keys"][0] == {"key": "due.within", "old": "PT1H", "new": "PT30M"}
    assert run("diff", WATER, WATER).output == "Nothing differs.\n"
    assert run("diff", WATER, WATER, "--all").output.startswith("= notify-downstream (notify)\n")
    assert run("diff", "none-such@1", WATER).exit_code != 0
    assert "two_documents.yaml:24" in run("diff", WATER, HERE / "bad" / "two_documents.yaml").output


def test_export_gives_the_file_back(house, tmp_path):
    assert run("export", "baodi-langfang-water@1").output == WATER.read_text(encoding="utf-8")
    out = tmp_path / "out.yaml"
    assert run("export", "baodi-langfang-water@1", "-o", out).exit_code == 0
    assert out.read_bytes() == WATER.read_bytes()
    assert "warning" not in run("check", out).output


def test_the_schema_is_one_that_validates(house):
    plain, worded = (json.loads(run("schema", *more).output) for more in ((), ("--words",)))
    jsonschema_rs.meta.validate(plain)
    jsonschema_rs.meta.validate(worded)
    assert "he-langfang" in json.dumps(worded)
    assert "he-langfang" not in json.dumps(plain)
