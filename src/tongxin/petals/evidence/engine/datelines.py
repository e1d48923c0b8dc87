"""Finds in a bulletin's own lines which paper or agency reported it: 示例社某地11月3日电, 示例日报记者…报道."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIRST = 6  # lines of a body among which it begins
_HOUSE = "社|网|报|电视台|广播电台|总台|客户端|融媒体中心|融媒体|周刊"
_NAME = rf"(?P<name>(?!本[报社网台刊])[\u4e00-\u9fff]{{1,10}}?(?:{_HOUSE}))"
_OPENS = r"^[\s　*]*(?:【[^【】]{1,12}】)?[（(]?(?:原标题[:：][^\n]{0,60})?(?:据)?[《“]?"
_TITLE = r"(?:(?:首席|见习|实习|特约|特派|驻[\u4e00-\u9fff]{1,6})?(?:全媒体|融媒体?)?(?:记者|通讯员))"
# 示例社某地11月3日电; 示例日报讯（记者…）
WIRE = re.compile(
    _OPENS + _NAME + r"[》”]?(?:[^，。；\n\d]{0,8}\d{1,2}月\d{1,2}日(?:专?电|讯)|讯(?=[\s　（(：:]))"
)
# 示例都市报记者某某报道; 据《示例日报》报道; 据示例社电
REPORTED = re.compile(_OPENS + _NAME + rf"[》”]?{_TITLE}[\s　]*[^，。；：:\n]{{2,16}}(?:报道|讯|获悉|从)")
TOLD_BY = re.compile(r"^[\s　]*据[《“]?" + _NAME + r"[》”]?(?:\d{1,2}月\d{1,2}日)?(?:报道|电|消息)")
# …（示例日报记者 某某）
CREDIT = re.compile(rf"[（(]{_NAME}[》”]?{_TITLE}[\s　:：]*[^（）()。，]{{2,24}}[）)]\s*$")
KINDS = re.compile(
    "(?:日报|晚报|早报|晨报|时报|都市报|报|社|网|客户端|电视台|广播电台|总台|融媒体中心|融媒体|周刊)$"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Who reported; `wire`: with the day of sending, or as the paper's own news."""

    name: str
    wire: bool


def dateline(body: str) -> Dateline | None:
    """Return who reported, by the line with which a bulletin begins; None where that tells nobody."""
    for line in body.split("\n")[:FIRST]:
        wire = WIRE.match(line)
        if wire:
            return Dateline(wire["name"], True)
        told = TOLD_BY.match(line) or REPORTED.match(line)
        if told:
            return Dateline(told["name"], False)
    return None


def credit(body: str) -> str:
    """Return whose reporter is named at the end: （示例日报记者 某某）; empty where none is."""
    for line in body.rstrip()[-400:].split("\n")[-3:]:
        match = CREDIT.search(line)
        if match:
            return match["name"]
    return ""


def one_house(a: str, b: str) -> bool:
    """Whether two names are of one house: 示例社 and 示例网, 示例日报 and 示例日报客户端."""
    short, long = sorted((KINDS.sub("", a), KINDS.sub("", b)), key=len)
    return bool(short) and (long.startswith(short) or long[:2] == short[:2])
