"""`tongxin spill` and `tongxin water` in Chinese: help, results, mistakes and pictures; mistakes as the command tells them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.utils import translation
from ruamel.yaml import YAML

from tongxin.petals.ecology import spill_cli, water_cli
from tongxin.petals.ecology.engine import pictures
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.phrases import in_words
from tongxin.shared.errors import Refused
from tongxin.shared.phrases import phrase

EXAMPLE = Path(__file__).resolve().parents[5] / "docs" / "guide" / "spill" / "beiyun.yaml"
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def helps(command: click.Command) -> Iterator[str]:
    yield inspect.cleandoc(command.help or "")
    yield from (p.help for p in command.params if isinstance(p, click.Option) and p.help)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from helps(each)


def test_every_help_is_chinese() -> None:
    for text in (*helps(spill_cli.group), *helps(water_cli.group)):
        said = translation.gettext(text)
        assert CHINESE.search(said), text
        assert not ENGLISH.search(said), said


def case(folder: Path, **more: Any) -> Path:
    told = {
        "network": str(EXAMPLE.parents[3] / "regions" / "jingjinji" / "network.yaml"),
        "release": {"at": {"river": "beiyun-he", "km": 5}, "substance": "氨氮", "amount": "2 t",
                    "began": "2026-03-09T22:40", "duration": "2 h"},
        "members": 60, "sections": ["yulinzhuang", "kuangergang"],
    } | more  # fmt: skip
    path = folder / "case.yaml"
    YAML(typ="safe").dump(told, path)
    return path


def test_a_forecast_is_said_in_chinese_with_its_pictures(tmp_path) -> None:
    picture = tmp_path / "a.png"
    done = CliRunner().invoke(spill_cli.group, ["forecast", str(case(tmp_path)), "--png", str(picture)])
    assert done.exit_code == 0, done.output
    assert "榆林庄 yulinzhuang" in done.stdout
    assert "阈值：氨氮 III 类，1 mg/L（GB 3838-2002，表1，2002-06-01 起实施）。" in done.stdout
    assert not ENGLISH.search(done.output), done.output
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_picture_without_a_chinese_font_has_no_empty_boxes(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "CHINESE_FONTS", ("no-such-font.ttf",))
    spoken = pictures.words(translation.gettext, {"yulinzhuang": "榆林庄"})
    assert spoken.of("yulinzhuang") == "yulinzhuang"
    assert spoken.said(pictures.UNIT) == str(pictures.UNIT)


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"ice": ["beiyun-9"]}, "没有河段 'beiyun-9'", "最接近的是"),
    ({"members": "many"}, "不是数字", ""),
    ({"sections": []}, "列表中没有断面", "表示全部"),
    ({"accept_stale": "no"}, "`true` 或 `false`", ""),
    ({"background": "1 mg/L"}, "没有键 `background`", ""),
    ({"samples": 3}, "samples 是由", ""),
    ({"samples": [{"section": "yulinzhuang", "at": "2026-03-10T14:00", "value": "0 mg/L"}]}, "检出限", "<0.05 mg/L"),
    ({"samples": [{"section": "yulinzhuang", "at": "2026-05-10T14:00", "value": "1 mg/L"}]}, "预测时长的终点", "horizon"),
    ({"gates": "none.csv"}, "没有文件 none.csv", ""),
    ({"gates": [{"gate": "yangwa-zha", "time": "2026-03-09T12:00", "state": s} for s in ("开", "关")]}, "两个不同的读数", ""),
    ({"horizon": "1 h"}, "超过预测时长", ""),
    ({"network": "/proc/cpuinfo"}, "文件类型不明", ".gpkg"),
]  # fmt: skip
RELEASES: list[tuple[dict[str, Any], str, str]] = [
    ({"at": {"lon": 39.8, "lat": 116.7}}, "没有 39.8, 116.7 这样的经纬度", "写反"),
    ({"at": {"lon": 116.9, "lat": 41.0}}, "最近的河段是 'chaobai-1'，相距 72.7 km", "reach: chaobai-1"),
    ({"amount": "2,5 t"}, "逗号", ""),
    ({"amount": None, "concentration": "50 mg/L", "discharge": "200 m3/s"}, "排放流量 200 m³/s", "L/s"),
    ({"substance": "nothing"}, "没有物质 'nothing'", "已有："),
]


@pytest.mark.parametrize(
    ("more", "what", "todo"),
    [*MISTAKES, *(({"release": r}, *rest) for r, *rest in RELEASES)],
)
def test_mistakes_are_told_in_chinese(more: dict[str, Any], what: str, todo: str, tmp_path) -> None:
    if "release" in more:
        began = {"at": {"river": "beiyun-he", "km": 5}, "substance": "氨氮", "amount": "2 t",
                 "began": "2026-03-09T22:40", "duration": "2 h"}  # fmt: skip
        more = {"release": {k: v for k, v in (began | more["release"]).items() if v is not None}}
    with pytest.raises(Refused) as refused:
        CliRunner().invoke(spill_cli.group, ["forecast", str(case(tmp_path, **more))], catch_exceptions=False)
    said = refused.value
    assert what in str(said.what), said.what
    assert todo in str(said.todo), said.todo
    assert str(said.kept) == "未作任何计算。"
    assert not ENGLISH.search(f"{said.what} {said.kept} {said.todo}")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", "release: 氨氮".encode("gbk"), b"- 1\n", b"a: [\n"]
)
def test_a_file_that_is_no_case_is_told(content: bytes, tmp_path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    for command in ("forecast", "update", "search"):
        with pytest.raises(Refused) as refused:
            CliRunner().invoke(spill_cli.group, [command, str(path)], catch_exceptions=False)
        assert CHINESE.search(str(refused.value.what))


def test_a_picture_or_a_file_that_cannot_be_written_is_told(tmp_path) -> None:
    with pytest.raises(Refused) as refused:
        CliRunner().invoke(
            spill_cli.group, ["forecast", str(case(tmp_path)), "--png", str(tmp_path / "no" / "a.png")],
            catch_exceptions=False,
        )  # fmt: skip
    assert "无法写入" in str(refused.value.what)


def test_a_sentence_in_a_sentence_is_translated_too() -> None:
    fault = Fault("x", phrase("there is no reach {name}.", name=phrase("line {n}", n=3)))
    assert str(fault) == "there is no reach line 3."
    assert (
        in_words(fault.what, {"there is no reach {name}.": "无 {name}", "line {n}": "第 {n} 行"}.__getitem__)
        == "无 第 3 行"
    )
