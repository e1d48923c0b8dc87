"""Slips of whoever runs the commands cost no data: bulletins, other tables, names in GBK, bytes without meaning."""

from __future__ import annotations

import csv
import io
import os
import zipfile

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from tongxin.petals.evidence.cli import group

TEXT = "今年一季度，武清区新增企业120家，同比增长6.2%。"


def _run(*args, code=0, language="en"):
    with override(language):
        done = CliRunner().invoke(group, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def bulletin(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.mark.parametrize("resume", [(), ("--resume",)])
def test_neither_a_bulletin_nor_another_file_is_written_over(bulletin, resume):
    other = bulletin.parent / "notes.csv"
    other.write_text("示例,笔记\n1,2\n", "utf-8")
    for out, told, said in (
        (bulletin, "is one of the bulletins. Nothing was written", "是要读取的公报之一，没有写入任何内容"),
        (other, "is no table of facts and is not written over", "不是事实表，不予覆盖"),
    ):
        before = out.read_bytes()
        assert told in _run("read", bulletin, "--csv", out, *resume, code=1).stderr
        assert said in _run("read", bulletin, "--csv", out, *resume, code=1, language="zh-hans").stderr
        assert out.read_bytes() == before
    mine = bulletin.parent / "facts.csv"
    for _ in range(2):
        _run("read", bulletin, "--csv", mine)
        assert len(mine.read_text("utf-8").splitlines()) == 2


def test_a_file_given_twice_is_read_once(bulletin):
    told = _run("read", bulletin, bulletin.parent, os.path.relpath(bulletin), "--json")
    assert len(told.stdout.splitlines()) == 1
    assert told.stderr == ""


def test_options_that_exclude_one_another_are_told(bulletin):
    assert "Give --diff or --json, not both." in _run("repair", bulletin, "--diff", "--json", code=2).stderr
    said = _run("read", bulletin, "--explain", "--json", code=2, language="zh-hans").stderr
    assert "--json 与 --explain 只能给出一个。" in said


@pytest.mark.parametrize("how", ["--json", "--explain"])
def test_a_table_and_what_is_printed_go_together(bulletin, how):
    out = bulletin.parent / "facts.csv"
    assert "120" in _run("read", bulletin, "--csv", out, how).stdout
    assert "120" in out.read_text("utf-8")


def test_a_name_in_gbk_is_read_and_shown(tmp_path):
    folder = os.fsencode(tmp_path)
    for name, text in (("武清通报.txt", TEXT), ("武清空稿.txt", "")):
        with open(os.path.join(folder, name.encode("gbk")), "wb") as stream:
            stream.write(text.encode())
    out = tmp_path / "facts.csv"
    told = _run("read", tmp_path, "--csv", out, code=1)
    assert "武清空稿.txt: the file is empty." in told.stderr
    assert "武清通报.txt: 1" in told.stderr
    with out.open(encoding="utf-8", newline="") as lines:
        assert [row["doc"] for row in csv.DictReader(lines)] == ["武清通报"]


def test_bytes_without_meaning_do_not_stop_a_table(tmp_path):
    (tmp_path / "a.txt").write_bytes(f"{TEXT}今年，武清区".encode() + b"\xff" + "新签约项目35个。".encode())
    out = tmp_path / "facts.csv"
    _run("read", tmp_path, "--csv", out)
    with out.open(encoding="utf-8", newline="") as lines:
        assert [row["value"] for row in csv.DictReader(lines)] == ["120", "35"]
    for how in ("--json", "--explain"):
        assert "35" in _run("read", tmp_path / "a.txt", how).stdout
    assert "新签约" in _run("repair", tmp_path / "a.txt").stdout


@pytest.mark.parametrize(
    ("name", "told"), [("t.xlsx", "Copy its text"), ("n.ofd", "as docx"), ("n.rtf", "as docx")]
)
def test_files_of_offices_given_by_name_say_what_to_do(tmp_path, name, told):
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
    (tmp_path / name).write_bytes(b"{\\rtf1 x}" if name.endswith("rtf") else inside.getvalue())
    error = _run("read", tmp_path / name, code=1).stderr
    assert f"{name}: not read." in error
    assert told in error
    assert f"{name}：没有读取。" in _run("repair", tmp_path / name, code=1, language="zh-hans").stderr
