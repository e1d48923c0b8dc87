"""What the commands say of files, folders and days that they cannot take, in both languages; Ctrl-C; names that clash."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from tongxin.petals.evidence import reasons_cli
from tongxin.petals.evidence.cli import group
from tongxin.petals.evidence.engine import documents, folders
from tongxin.petals.evidence.engine.api import as_json, read_bytes, read_text
from tongxin.petals.evidence.engine.limits import Limits, Unreadable
from tongxin.petals.evidence.engine.tests import pages_texts
from tongxin.shared import blocks

ROOT = Path(__file__).resolve().parents[6]
TEXT = "2025-04-20 08:00 来源:示例日报\n\n今年一季度，武清区新增企业120家，同比增长6.2%。"


def _run(*args, code=0, language="en"):
    with override(language):
        done = CliRunner().invoke(group, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done


def _zip(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


BAD = {
    "empty.txt": (b"", "the file is empty", "文件是空的"),
    "mark.txt": (b"\xef\xbb\xbf", "the file is empty", "文件是空的"),
    "wide.txt": (b"\xff\xfe", "the file is empty", "文件是空的"),
    "picture.txt": (
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        "a picture. Give its text.",
        "这是图片。须提供其中的文字。",
    ),
    "photo.html": (b"\xff\xd8\xff\xe0" + bytes(200), "a picture", "这是图片"),
    "scan.pdf": (b"II*\0" + bytes(200), "a picture", "这是图片"),
    "packed.txt": (b"\x1f\x8b\x08" + bytes(200), "these bytes are no text", "内容不是文本"),
    "broken.zip": (b"PK\x03\x04" + b"0" * 90, "the archive is broken", "压缩包已损坏"),
    "broken.pdf": (b"%PDF-1.4\n" + b"0" * 90, "the PDF is broken", "PDF 已损坏"),
    "old.docx": (b"\xd0\xcf\x11\xe0" + bytes(90), "an old Word or Excel file", "旧版 Word"),
    "other.docx": (_zip(a="1"), "no Word document inside", "没有 Word 文档"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_told_in_both_languages(tmp_path, name):
    data, english, chinese = BAD[name]
    (tmp_path / name).write_bytes(data)
    told = _run("read", tmp_path / name, code=1)
    assert f"{name}: {english}" in told.stderr
    assert "password" not in told.stderr
    assert told.stdout == ""  # no heading of a table that has nothing
    for command in ("read", "corroborate", "repair"):
        said = _run(command, tmp_path / name, code=1, language="zh-hans").stderr
        assert f"{name}：{chinese}" in said or chinese in said
        assert not re.search("[A-Za-z]{3,} [a-z]{2,} ", said.replace(str(tmp_path), ""))


def test_no_file_and_no_folder_in_chinese(tmp_path):
    said = _run("read", tmp_path / "none.txt", code=1, language="zh-hans").stderr
    assert "none.txt：没有这个文件或文件夹。需核对文件名。" in said
    assert "没有找到公报" in _run("read", tmp_path, code=1, language="zh-hans").stderr
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    said = _run("read", tmp_path, "--csv", tmp_path / "no" / "x.csv", code=1, language="zh-hans").stderr
    assert "没有这个文件或文件夹。--csv 须写在已有且可写的文件夹中" in said


def test_what_is_too_large_or_takes_too_long_can_be_told_in_chinese(tmp_path):
    with pytest.raises(Unreadable) as told:
        documents.document("a.txt", b"1" * 2_000_000, limits=Limits(file=1_000_000))
    with override("zh-hans"):
        assert reasons_cli.said(told.value.what) == "a.txt：2 MB，超过一次可读取的 1 MB。"
    (tmp_path / "long.txt").write_text("、120家".join("示例" for _ in range(60_000)), "utf-8")
    for processes in (1, 2):
        said = _run(
            "read", tmp_path, tmp_path / "no.txt", "--seconds", "0.3", "--processes", processes, code=1,
            language="zh-hans",
        ).stderr  # fmt: skip
        assert "0.3 秒内没有读完，已中断。" in said


def test_slips_of_words_tables_and_counts_in_chinese(tmp_path):
    assert re.search(r"^地名：\d+$", _run("words", language="zh-hans").stdout, re.MULTILINE)
    (tmp_path / "units.csv").write_text("form,unit,times,kind\n示例箱,示例箱,-1,count\n", "utf-8")
    for command in (("words",), ("read", tmp_path)):
        said = _run(*command, "--words", tmp_path, code=1, language="zh-hans").stderr
        assert "中的词表不能使用" in said
        assert "times 为 '-1'，须是大于 0 的数" in said
    (tmp_path / "units.csv").write_text("form,wrong\nx,y\n", "utf-8")
    said = _run("words", "--words", tmp_path, code=1, language="zh-hans").stderr
    assert "units.csv 第 1 行：没有 'wrong' 列" in said


@pytest.mark.parametrize(
    ("name", "text", "english", "chinese"),
    [
        ("units.csv", "", "line 1: the table is empty", "第 1 行：词表是空的"),
        ("units.csv", "# 示例\n\nform,unit\n", "line 3: no row under the heading", "第 3 行：表头之下没有内容"),
        ("units.csv", "form,times\n示例箱,1\n", "line 1: no column 'unit', and it is needed", "第 1 行：缺少必需的 'unit' 列"),
        ("units.csv", "# 示例\nform,unit,times,kind\n\n示例箱\n", "line 4: 1 of 4 cells", "第 4 行：共 4 列，只有 1 个单元格"),
        ("units.csv", "form,unit\n\"示\n箱\",箱\n样箱,\n", "line 4 (样箱): unit is empty", "第 4 行（样箱）：unit 为空"),
        (
            "phrases.csv", "group,finds\nplanned,示例期\n\nplanned,(\n",
            "line 4 (planned): finds is no regular expression", "第 4 行（planned）：finds 不是正则表达式",
        ),
        ("phrases.csv", "group,finds\nplanned,示例期\nplan,甲\n", "line 3 (plan): no group 'plan'", "第 3 行（plan）：没有 'plan' 这一组"),
        (
            "indicators.csv", "name,finds,unit,theme\n刷卡量,刷卡,人次,示例主题\n",
            "line 2 (刷卡量): no theme '示例主题'; themes are 交通", "第 2 行（刷卡量）：没有 '示例主题' 这一主题",
        ),
        ("zones.csv", "name,parent\n示例新区,示例市\n", "line 2 (示例新区): no place '示例市'", "第 2 行（示例新区）：没有地名 '示例市'"),
    ],
)  # fmt: skip
def test_a_slip_in_ones_own_table_is_told_with_file_and_line(tmp_path, name, text, english, chinese):
    (tmp_path / name).write_text(text, "utf-8")
    for language, said in (("en", f"{name}, {english}"), ("zh-hans", f"{name} {chinese}")):
        told = _run("words", "--words", tmp_path, code=1, language=language).stderr
        assert said in told.replace("\n", ""), told


def test_reasons_slots_and_rules_in_chinese(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT.replace("，同比", "，協(xié)同發(fā)展，兩(liǎng)地同比"), "utf-8")
    told = _run("read", tmp_path / "a.txt", "--explain", language="zh-hans").stdout
    assert "（" not in told.splitlines()[0]
    assert "    时间          2025-Q1  ← " in told
    assert "状态          actual  ← 没有说是计划" in told
    assert "页面日期" in told
    assert "括注拼音 (0.9" in _run("repair", tmp_path / "a.txt", language="zh-hans").stderr
    english = _run("read", tmp_path / "a.txt", "--explain").stdout
    assert "    period        2025-Q1  ← " in english
    assert "nothing says that it is planned" in english


def test_every_fixed_reason_of_invented_pages_is_known():
    texts = [t for t in vars(pages_texts).values() if isinstance(t, str) and len(t) > 100] or [TEXT]
    for text in texts:
        for reading in read_bytes("a.txt", text.encode()):
            whys = {reading.document.source.why} | {
                w for f in as_json(reading)["facts"] for w in f["why"].values()
            }
            rules = {e.rule for e, _a, _b in reading.document.repaired.chain.in_raw()}
            for told in whys | rules:
                head = re.match("[a-z][a-z ]+[a-z]", told)
                assert not head or told in reasons_cli.KNOWN or head[0].strip() in reasons_cli.KNOWN, told


def test_why_a_slot_says_so_is_told_in_chinese_alone():
    for table in ("slots.csv", "periods.csv"):
        with (Path(__file__).parent / table).open(encoding="utf-8", newline="") as lines:
            cases = [c for c in csv.DictReader(lines) if not re.search("[A-Za-z]{3}", c["text"] + c["title"])]
        assert len(cases) > 50
        for case in cases:
            day = date.fromisoformat(case["day"])
            for fact in read_text(case["text"], published=day, title=case["title"], publisher="示例日报"):
                with override("zh-hans"):
                    told = [reasons_cli.reason(why) for why in fact.why.values()]
                assert [why for why in told if re.search("[A-Za-z]{3}", why)] == []


def test_files_passed_over_are_named_with_what_to_do(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    for name in ("old.doc", "table.xlsx", "p.png", "x.rar", "data.bin", ".hidden", "index.csv"):
        (tmp_path / name).write_bytes(b"1")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    out = tmp_path / "facts.csv"
    told = _run("read", tmp_path, "--csv", out).stderr
    assert "old.doc: not read. Save it as docx." in told
    assert "p.png: not read. It is a picture" in told
    assert "gone.txt: the link leads nowhere." in told
    assert told.count("not read.") == 5
    assert not re.search("hidden|index|facts.csv", told)
    said = _run("repair", tmp_path, language="zh-hans").stderr
    assert "old.doc：没有读取。另存为 docx 即可读取。" in said
    assert "gone.txt：链接指向的文件不存在" in said


def test_many_files_passed_over_are_counted(tmp_path):
    for n in range(12):
        (tmp_path / f"{n}.doc").write_bytes(b"1")
    (tmp_path / "a.png").write_bytes(b"1")
    assert list(folders.skipped([tmp_path])) == [
        ".doc: 12 not read. Save it as docx.",
        ".png: 1 not read. It is a picture: give its text.",
    ]
    assert list(folders.skipped([tmp_path / "0.doc"])) == []  # asked for by name: it is read, or said


def test_bulletins_of_one_name_are_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.txt").write_text(TEXT, "utf-8")
    (tmp_path / "a" / "alone.txt").write_text(TEXT, "utf-8")
    (tmp_path / "c.zip").write_bytes(_zip(**{"d/note.txt": TEXT, "e/other.txt": TEXT}))
    for processes in (1, 2):
        done = _run("read", tmp_path, "--processes", processes)
        docs = [line.split(",")[0] for line in done.stdout.splitlines()[1:]]
        assert docs == ["alone", "a/note", "b/note", "d/note", "other"]
        assert "3 bulletins have the name of another" in done.stderr
    assert "有 3 份公报重名" in _run("repair", tmp_path, language="zh-hans").stderr
    alone = _run("read", tmp_path / "a")
    assert "name of another" not in alone.stderr
    assert alone.stdout.splitlines()[2].startswith("note,")


def test_one_name_with_two_endings_keeps_the_endings():
    assert folders.apart([Path("x/n.txt"), Path("x/n.html")]) == {"x/n.txt": "n.txt", "x/n.html": "n.html"}
    assert folders.apart([Path("n.txt"), Path("x/y/n.txt")]) == {"n.txt": "n", "x/y/n.txt": "y/n"}
    assert folders.apart([Path("n.txt"), Path("n.txt")]) == {}


def test_a_run_that_goes_on_needs_its_table_and_a_day_has_an_example(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    assert "give --csv too" in _run("read", tmp_path, "--resume", code=2).stderr
    assert "须同时给出 --csv" in _run("read", tmp_path, "--resume", code=2, language="zh-hans").stderr
    for wrong in ("2025/3/1", "1.3.2025", "2025-02-30"):
        assert "2025-03-01" in _run("read", tmp_path, "--published", wrong, code=2).stderr
        assert "不是日期" in _run("read", tmp_path, "--published", wrong, code=2, language="zh-hans").stderr
    assert ",2025-Q1," in _run("read", tmp_path, "--published", "2025-04-20").stdout


@pytest.mark.parametrize("processes", ["1", "3"])
def test_an_interrupt_says_what_was_kept(tmp_path, processes):
    for n in range(300):
        (tmp_path / f"{n}.txt").write_text(TEXT * 20, "utf-8")
    out = tmp_path / "out" / "facts.csv"
    out.parent.mkdir()
    code = "import sys; from tongxin.site.cli import main; sys.exit(main())"
    start = [
        sys.executable,
        "-c",
        code,
        "evidence",
        "read",
        str(tmp_path),
        "--csv",
        str(out),
        "--processes",
        processes,
    ]
    if processes != "1":  # what it starts reads its file anew
        file = tmp_path / "tongxin.py.run"
        file.write_text(f"if __name__ == '__main__':\n    {code}\n", "utf-8")
        start[1:3] = [str(file)]
    told = os.environ | {"PYTHONPATH": str(ROOT / "src"), "LANG": "en_US.UTF-8", "TONGXIN_MODE": "demo"}
    run = subprocess.Popen(
        start, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, env=told,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip
    assert run.stderr is not None
    for line in run.stderr:
        if line.startswith("3/300"):
            break
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes
    began = time.monotonic()
    _out, said = run.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert re.search(
        r"Interrupted: \d+ of 300 read.\s+.*facts.csv and its journal are kept; go on with --resume", said
    )
    assert out.with_name("facts.csv.journal").exists()


def test_the_commands_are_imported_before_anything_is_set_up():
    code = "import tongxin.petals.evidence.corroborate_cli, tongxin.petals.evidence.cli"
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "TONGXIN_"))}
    subprocess.run([sys.executable, "-c", code], check=True, env=bare | {"PYTHONPATH": str(ROOT / "src")})


def test_a_cluster_that_cannot_be_used_is_told_in_both_languages_and_the_table_stays(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(blocks, "ANSWERS", 0.5)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    out = tmp_path / "facts.csv"
    _run("read", tmp_path / "a.txt", "--csv", out)
    before = out.read_bytes()
    for language, told in (("en", "does not answer. Start it"), ("zh-hans", "的集群没有应答。需先启动集群")):
        args = ("read", tmp_path / "a.txt", "--csv", out, "--cluster", "tcp://127.0.0.1:9")
        assert told in _run(*args, code=1, language=language).stderr
        assert out.read_bytes() == before


def test_what_could_not_be_read_of_many_is_counted_and_tried_again(tmp_path):
    (tmp_path / "good.txt").write_text(TEXT, "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "all.zip").write_bytes(_zip(**{"b.txt": TEXT, "c.txt": ""}))
    out = tmp_path / "facts.csv"
    told = _run("read", tmp_path, "--csv", out, code=1).stderr
    assert "2 of 3 files could not be read whole." in told
    assert "facts.csv has the others; its journal is kept.\n" in told
    assert "Trying again helps nothing for 2 of them (empty, pictures, broken …)" in told
    rows = out.read_text("utf-8")
    said = _run("read", tmp_path, "--csv", out, "--resume", code=1, language="zh-hans").stderr
    assert "有 2 个文件（共 3 个）没有完整读取。" in said
    assert "其中 2 个重读也无用" in said
    assert out.read_text("utf-8") == rows  # nothing twice
    (tmp_path / "empty.txt").write_text(TEXT, "utf-8")
    _run("read", tmp_path, "--csv", out, "--resume", code=1)
    assert sorted(line.split(",")[0] for line in out.read_text("utf-8").splitlines()[1:]) == [
        "b",
        "empty",
        "good",
    ]
    for command in ("repair", "corroborate"):
        assert "1 of 3 files could not be read whole." in _run(command, tmp_path, code=1).stderr


def test_what_another_try_may_read_is_told_apart(tmp_path):
    (tmp_path / "good.txt").write_text(TEXT, "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    long = "".join(f"今年一季度，示例区新增企业{n}家，同比增长6.2%。" for n in range(1, 9000))
    (tmp_path / "long.txt").write_text(long, "utf-8")
    out = tmp_path / "facts.csv"
    told = _run("read", tmp_path, "--csv", out, "--seconds", "0.3", code=1).stderr
    assert "its journal is kept: --resume tries these again." in told
    assert "Trying again helps nothing for 1 of them (empty, a picture, broken …)" in told


SPUN = "示例区财产链不断延伸，颁布发表新规，园区建设个国家级平台。今年一季度，示例区新增企业120家。"


def test_doubts_stand_beside_the_progress_and_over_what_is_explained(tmp_path):
    (tmp_path / "spun.txt").write_text(SPUN, "utf-8")
    (tmp_path / "clean.txt").write_text(TEXT, "utf-8")
    (tmp_path / "all.zip").write_bytes(_zip(**{"b.txt": TEXT, "c.txt": SPUN}))
    out = tmp_path / "facts.csv"
    told = _run("read", tmp_path, "--csv", out).stderr
    assert re.search(
        r"spun.txt: \d+ \| untrusted: spun or written by a machine \| digits lost at 1 place", told
    )
    assert re.search(r"clean.txt: 1$", told, re.MULTILINE)
    assert "1 bulletin untrusted" in told
    alone = _run("read", tmp_path / "spun.txt", "--csv", out, language="zh-hans")
    assert "不可信：由机器改写或生成 | 1 处数字丢失（value_lost）" in alone.stderr
    assert not _run("read", tmp_path / "clean.txt", "--csv", out).stderr
    for language, said in (("en", "| untrusted: spun"), ("zh-hans", "| 不可信：由机器")):
        explained = _run("read", tmp_path / "spun.txt", "--explain", language=language)
        assert said in explained.stdout.splitlines()[0]
        assert not explained.stderr


def test_what_is_added_to_a_reason_is_told_in_chinese():
    with override("zh-hans"):
        assert "未说明基期" in reasons_cli.reason("增长 (no base told: year on year)")
        assert "承前一数字" in reasons_cli.reason("of the sentence: 总投资, of the figure before")
        assert "连同中山" in reasons_cli.reason("same clause, with 中山")
        assert "仍在建设" in reasons_cli.reason("建成, and it is still being built")
        for told in ("same clause, with 中山", "of the sentence: 总投资, of the figure before"):
            assert not re.search("[a-z]", reasons_cli.reason(told))


def test_a_table_that_can_no_longer_be_written_is_told(tmp_path, monkeypatch):
    from tongxin.petals.evidence.engine.output import Journal

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    monkeypatch.setattr(Journal, "add", full)
    for language, told in (
        ("en", "No space left on device. What was read before is kept"),
        ("zh-hans", "此前读取的内容已保留"),
    ):
        assert (
            told
            in _run("read", tmp_path / "a.txt", "--csv", tmp_path / "x.csv", code=1, language=language).stderr
        )
