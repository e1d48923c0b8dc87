"""The commands: repair, read into a table that goes on where it stopped, set side by side; processes give the same."""

from __future__ import annotations

import ast
import csv
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from tongxin.petals.evidence import corroborate_cli
from tongxin.petals.evidence.cli import group
from tongxin.petals.evidence.engine import corroborate
from tongxin.petals.evidence.engine.facts import COLUMNS
from tongxin.petals.evidence.engine.output import Journal, safe
from tongxin.petals.evidence.engine.tests import generator

ROOT = Path(__file__).resolve().parents[6]
TEXTS = {
    "a.txt": "今年一季度，武清区新增企业120家，同比增长6.2%。\n\n武清发布 2025-04-20",
    "b.txt": "2025-04-22 08:00 来源:乙报\n\n今年一季度，武清区新增企业150家。",
    "c.txt": "2025-04-23 08:00 来源:丙报\n\n天津協(xié)同發(fā)展，兩(liǎng)地簽(qiān)約項目35個。",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def _run(*args, code=0):
    done = CliRunner().invoke(group, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done


def _rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_repair_shows_text_edits_and_what_changed(folder):
    done = _run("repair", folder / "c.txt")
    assert "天津协同发展，两地签约项目35个。" in done.stdout
    assert "reading in brackets" in done.stderr
    assert "-天津協(xié)同" in _run("repair", "--diff", folder / "c.txt").stdout
    told = json.loads(_run("repair", "--json", folder / "c.txt").stdout)
    assert told["edits"][0].keys() == {"raw_start", "raw_end", "from", "to", "rule", "sure", "note"}


def test_read_writes_the_table(folder):
    out = folder / "facts.csv"
    done = _run("read", folder, "--csv", out)
    assert "3/3 c.txt" in done.stderr
    rows = _rows(out)
    assert tuple(rows[0]) == COLUMNS
    assert [(r["doc"], r["value"], r["comparison_type"]) for r in rows] == [
        ("a", "120", "yoy"),
        ("b", "150", "none"),
        ("c", "35", "none"),
    ]
    assert TEXTS["c.txt"][int(rows[2]["raw_start"]) : int(rows[2]["raw_end"])].endswith("35個")
    assert not (folder / "facts.csv.journal").exists()


def test_processes_give_the_same_table(folder):
    one, two = folder / "one.csv", folder / "two.csv"
    _run("read", folder, "--csv", one)
    # As it is installed: what it starts reads its file anew
    (folder / "bin").mkdir()
    writes = re.search(
        r"^write_command\(\) \{.*?^\}", (ROOT / "tools/setup.sh").read_text("utf-8"), re.M | re.S
    )
    assert writes
    subprocess.run(
        ["bash", "-ec", f'venv="$1"; py="$2"; {writes[0]}; write_command', "-", folder, sys.executable],
        check=True,
    )
    command = [folder / "bin/tongxin", "evidence", "read", folder, "--csv", two, "--processes", "2"]
    subprocess.run(
        command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}
    )
    assert one.read_bytes() == two.read_bytes()


def test_what_cannot_be_done_says_what_to_do(folder):
    nowhere = _run("read", folder, "--csv", folder / "gone" / "x.csv", code=1)
    assert "x.csv: No such file or directory. Give --csv a file" in nowhere.stderr
    (folder / "empty").mkdir()
    assert "No bulletin in" in _run("read", folder / "empty", code=1).stderr
    assert "No bulletin in" in _run("corroborate", folder / "empty", code=1).stderr
    (folder / "empty" / "e.txt").write_bytes(b" \n")
    assert "e.txt: the file is empty." in _run("read", folder / "empty", code=1).stderr


def test_a_folder_on_standard_output_has_one_heading(folder):
    assert _run("read", folder).stdout.count("comparison_type") == 1


def test_a_broken_run_goes_on_where_it_stopped(folder):
    whole, out = folder / "whole.csv", folder / "facts.csv"
    _run("read", folder, "--csv", whole)
    _run("read", folder / "a.txt", folder / "gone.txt", "--csv", out, code=1)
    with out.open("a", encoding="utf-8") as stream:
        stream.write("b,M,half a row that was being writ")
    _run("read", folder, "--csv", out, "--resume")
    assert out.read_bytes() == whole.read_bytes()


def test_a_journal_that_breaks_off_vouches_for_what_came_before(tmp_path):
    journal = Journal(tmp_path / "x.csv")
    journal.start("head\n")
    journal.add("a", "1\n")
    with journal.path.open("a", encoding="utf-8") as stream:
        stream.write('{"file": "b", "si')
    again = Journal(tmp_path / "x.csv")
    again.resume()
    assert list(again.done) == ["a"]
    assert (tmp_path / "x.csv").read_text("utf-8") == "head\n1\n"


def test_read_explains_and_prints_json(folder):
    told = _run("read", folder / "a.txt", "--explain").stdout
    assert "period" in told
    assert "same clause" in told or "carried" in told
    reading = json.loads(_run("read", folder / "a.txt", "--json", "--published", "2025-04-20").stdout)
    assert reading["facts"][0]["why"]["unit"] == "家"
    assert reading["sha256"]


def test_side_by_side(folder, english):
    assert "conflict" in _run("corroborate", folder / "a.txt", folder / "b.txt").stdout
    assert (
        json.loads(_run("corroborate", "--json", folder / "a.txt", folder / "b.txt").stdout)["kind"]
        == "conflict"
    )


def test_side_by_side_names_bulletins_values_words_and_why(folder, english):
    (folder / "d.txt").write_text(TEXTS["b.txt"].replace("来源:乙报", "来源:丁网"), "utf-8")
    done = _run("corroborate", folder)
    assert done.stdout.splitlines() == [
        "conflict: 新增企业数 · 武清区 · 120 / 150 for the same time",
        "  a, 武清发布, 2025-04-20",
        "    120家 [2025-Q1] 武清区新增企业120家，同比增长6.2%",
        "  b, 乙报, 2025-04-22",
        "    150家 [2025-Q1] 武清区新增企业150家",
        "  d (a copy of b), 丁网, 2025-04-22",
        "    150家 [2025-Q1] 武清区新增企业150家",
    ]
    assert "4 bulletins, 4 figures: 1 conflict, 0 stale, 0 agree, 0 derived" in done.stderr
    assert f"{folder / 'd.txt'} is a copy of {folder / 'b.txt'}" in done.stderr
    told = json.loads(_run("corroborate", "--json", folder).stdout)
    assert (told["witnesses"], [f["publisher"] for f in told["facts"]]) == (2, ["武清发布", "乙报", "丁网"])
    assert _run("corroborate", "--kind", "stale", folder).stdout == ""


def test_a_damaged_copy_is_no_witness(folder, english):
    text = (
        "今年一季度，武清区新增企业120家，同比增长6.2%。全区固定资产投资120.5亿元，新签约项目35个，新建公园6个，"
        "开通公交线路12条，惠及居民18万人。与河北省廊坊市共建的示例产业园签约落户企业27家。"
    )
    (folder / "g.txt").write_text(f"2025-04-20 08:00 来源:示例日报\n\n{text}", "utf-8")
    damaged = generator.pinyin(text, 7)
    assert damaged != text
    (folder / "h.txt").write_text(f"2025-05-02 11:20 来源:某某网\n\n{damaged}", "utf-8")
    done = _run("corroborate", folder / "g.txt", folder / "h.txt")
    assert done.stdout == ""
    assert "h.txt is a copy of" in done.stderr
    both = _run("corroborate", folder / "g.txt", folder / "h.txt", folder / "b.txt").stdout
    assert "conflict: 新增企业数 · 武清区 · 120 / 150" in both
    assert "h (a copy of g), 某某网, 2025-05-02" in both


def test_side_by_side_tells_files_of_one_name_apart(folder, english):
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text(TEXTS["b.txt"], "utf-8")
    shown = _run("corroborate", folder / "a.txt", folder / "in" / "a.txt").stdout
    assert f"  {folder / 'a.txt'}, 武清发布" in shown
    assert f"  {folder / 'in' / 'a.txt'}, 乙报" in shown


def test_side_by_side_in_chinese(folder):
    (folder / "e.txt").write_text("来源:戊刊\n\n2024年，武清区示例产业产值1250000万元。", "utf-8")
    (folder / "f.txt").write_text("来源:己报\n\n2024年，武清区示例产业产值125亿元。", "utf-8")
    with override("zh-hans"):
        done = _run("corroborate", folder / "e.txt", folder / "f.txt")
    assert done.stdout.splitlines()[0] == "一致：示例产业产值 · 武清区 · 2家发布，数值相同"
    assert "    125亿元 [2024] 武清区示例产业产值1250000万元" in done.stdout
    assert "2份公报，2个数字：0 矛盾，0 过时，1 一致，0 分项相加" in done.stderr


def test_every_reason_of_a_finding_can_be_told_in_chinese():
    """The reasons are the texts of `corroborate` that are open at a name."""
    source = ast.parse(Path(corroborate.__file__).read_text("utf-8"))
    texts = {n.value for n in ast.walk(source) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert {t for t in texts if re.search(r"\{[a-z]+\}", t)} == set(corroborate_cli.REASONS)


def test_side_by_side_says_what_to_do(folder, english):
    alone = _run("corroborate", folder / "a.txt")
    assert alone.stdout == ""
    assert "One bulletin alone has nothing beside it" in alone.stderr
    assert "Check the name" in _run("corroborate", folder / "none.txt", folder / "a.txt", code=1).stderr
    (folder / "f.txt").write_text("来源:己报\n\n武清区示例产业产值125亿元。", "utf-8")
    undated = _run("corroborate", folder / "a.txt", folder / "f.txt").stderr
    assert "1 bulletin has no date of publication" in undated
    (folder / "words").mkdir()
    (folder / "words" / "units.csv").write_text("form,wrong\nx,y\n", "utf-8")
    assert "units.csv, line 1" in _run("corroborate", folder, "--words", folder / "words", code=1).stderr
    assert "'no' is not one of" in _run("corroborate", "--kind", "no", folder, code=2).stderr


def test_tables_are_checked(folder):
    assert "places: " in _run("words").stdout
    (folder / "units.csv").write_text("form,wrong\nx,y\n", "utf-8")
    assert "units.csv, line 1" in _run("words", "--words", folder, code=1).output


def test_no_file_says_so(folder):
    assert "Check the name" in _run("read", folder / "none.txt", code=1).output
    if importlib.util.find_spec("distributed") is None:
        said = _run("read", folder / "a.txt", "--cluster", "127.0.0.1:1", code=1).output
        assert "pip install distributed" in said


def test_a_cell_is_never_a_formula():
    assert safe("=1+1") == "'=1+1"
    assert safe("-4.2") == "-4.2"


def test_every_command_and_option_has_its_chinese_help():
    from tongxin.site.cli import in_language

    with override("zh-hans"):
        told = in_language(group)
    for command in (told, *told.commands.values()):
        helps = [command.help, *(p.help for p in command.params if getattr(p, "help", None))]
        assert all(re.search("[一-龥]{4}|标题", each) for each in helps), helps
