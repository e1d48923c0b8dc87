"""Finds who published a bulletin first: its own dateline, the source told, the office; the name of the site last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongxin.petals.evidence.engine.datelines import credit, dateline, one_house
from tongxin.petals.evidence.engine.days import DAY, labels
from tongxin.petals.evidence.engine.titles import CUT, SITE

VALUE = r"\s*[:：|｜丨┃︱]\s*[“\"《【\[]?([^\s|｜丨┃︱<>《》，,。；;（）()“”\"【】\[\]]{2,30})"
NOBODY = re.compile(
    r"(?:本站|本网|本报|原创|互联网|网络|转载|未知|其他|其它|综合|不详|无|暂无|整理|网友|用户投稿|微信公众平台|公众号|系统管理员|管理员|网站管理员|admin\w*|webmaster|editor)+(?:原创|综合|整理|发布)?$",
    re.IGNORECASE,
)
BODIES = (
    "统计局|人民政府|政府|调查(?:总)?队|办公室|海关|委员会|发展改革委|管委会|厅|局|发布|日报|晚报|早报|时报|晨报|新闻网|网|电视台|广播电视台"
    "|通讯社|融媒体中心|报社|新闻社|政务|研究院|研究中心|集团"
)
OFFICE = re.compile(rf"(?:发布单位|作者|编辑)?[:：]?\s*([\u4e00-\u9fff（）]{{2,24}}?(?:{BODIES}))")
# 2025-03-01 08:00 · 示例日报
BEHIND_DAY = re.compile(
    r"[\s　]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\s　·|｜/—-]*(?:来自)?"
    rf"([\u4e00-\u9fff（）]{{2,20}}?(?:{BODIES}))[\s　]*"
    r"(?:[\s　|｜](?:评论|阅读|浏览|打印|分享|收藏|字[号体]|责任编辑|编辑|作者|点击|举报|参与|跟帖).*)?"
)
OPENING = re.compile(
    r"^\s*\**(?:【)?(?:(本报|本网|本台)|([\u4e00-\u9fff]{2,10}?(?:网|社|日报|晚报|报|电视台|新闻|发布)))\**(?:消息|讯|[^，。]{0,8}\d{1,2}月\d{1,2}日(?:电|讯))"
)
COMES_FROM = re.compile(
    r"[（(](?:本文|本稿|文章)?(?:来源|来自|转自|转载自|摘自|原载)(?:于|[:：])?\s*[“《]?([\u4e00-\u9fff\w·]{2,20})[”》]?[^（）()]{0,20}[）)]"
)
REPRINTED = re.compile(
    r"^[\s　（(【]*(?:本文|本稿|文章|内容)?(?:转载自|转自|摘自|来源于|原载于?|首发于|来自)"
    r"\s*[:：]?\s*[“《]?([\u4e00-\u9fff\w·]{2,20})[”》]?(?:[，,。；\s）)】]|$)"
)
PAPER = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,10}[报刊])(?:多媒体)?(?:数字|电子)(?:报|版|平台)")
HOST = re.compile(r"(?:主办单位|主办|版权所有)\s*[:：]\s*([\u4e00-\u9fff（）]{4,24})")
META_SOURCES = (
    "contentsource",
    "source",
    "mediaid",
    "nickname",
    "sourceorganization",
    "publisher",
    "copyright",
)
META_SITES = ("og:site_name", "sitename", "site_name", "application-name", "author")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who published a bulletin first; `sent`: another's page shows it, with the line of whoever sent it out."""

    name: str
    sent: bool = False


def publisher(body: str, over: list[str], under: list[str], meta: dict[str, str]) -> Publisher:
    """Return who published a bulletin first, its name empty where nothing tells it.

    The line with which the text begins goes before the source that a page tells: who copies names whom he likes.
    """
    page = _of_page(body, over, under, meta)
    own = dateline(body)
    if own is None or (page and one_house(own.name, page)):
        return Publisher(page)
    return Publisher(own.name, own.wire and bool(page))


def _of_page(body: str, over: list[str], under: list[str], meta: dict[str, str]) -> str:
    return (
        labelled(over, "source")
        or _beside_day(over)
        or _of_meta(meta, META_SOURCES)
        or labelled(over, "issuer")
        or labelled([n for n in under if len(n) < 60], "source", at_start=True)
        or _comes_from(body, under)
        or _beside_day(under[:4])
        or _alone(over, body)
        or _opening(body)
        or credit(body)
        or _of_meta(meta, META_SITES)
        or _of_window(meta.get("window", ""))
        or _host(under)
    )


def _said(told: str) -> str:
    told = re.split(r"作者|记者|编辑|时间|日期|发布时间|浏览|字号|点击|阅读|\d{4}[-年/.]", told.strip())[0]
    told = told.strip(" 　:：|·-—_*#、")
    return "" if len(told) < 2 or len(told) > 30 or NOBODY.fullmatch(told) or told.isdigit() else told


def labelled(lines: list[str], kind: str, *, at_start: bool = False) -> str:
    """Return who stands behind the first label of a kind: source, issuer."""
    pattern = re.compile(rf"(?:{labels(kind).pattern}){VALUE}")
    for line in lines:
        if len(line) > 200 or re.search("凡|注明|声明", line):
            continue
        for match in pattern.finditer(line):
            found = _said(match[1])
            if found and not (at_start and line[: match.start()].strip(" 　（(【[*#-/:年月日0123456789")):
                return found
    return ""


def _beside_day(lines: list[str]) -> str:
    """Return the office or account in a line with the day: 示例发布 2024-11-08 18:30."""
    for line in lines:
        day = DAY.search(line)
        if day is None or len(line) > 80:
            continue
        behind = BEHIND_DAY.fullmatch(line[day.end() :])
        if behind and not line[: day.start()].strip(" 　*#（()）【】[]"):
            return behind[1]
        office = OFFICE.match(line.strip(" 　*#（()）【】").removeprefix("原创"))
        if office and line.find(office[1]) + len(office[1]) <= day.start() + 1:
            between = line[line.find(office[1]) + len(office[1]) : day.start()]
            if not re.search(r"[\u4e00-\u9fff]", between):
                return office[1]
    return ""


def _of_meta(meta: dict[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        found = _said(meta.get(key, ""))
        if found and (key not in ("author", "copyright") or OFFICE.fullmatch(found)) and "://" not in found:
            return found
    return ""


def _comes_from(body: str, under: list[str]) -> str:
    for text in (*body.split("\n")[:4], body[-300:], *under):
        match = COMES_FROM.search(text[-600:]) or REPRINTED.search(text[:200])
        if match and _said(match[1]):
            return _said(match[1])
    return ""


def _alone(over: list[str], body: str) -> str:
    head = [line.strip(" 　*#（）()") for line in body.split("\n")[:8]]
    for line in [*(n.strip(" 　*#（）()") for n in over), *head[1:]]:  # the first is the title
        alone = OFFICE.fullmatch(line)
        if alone and len(line) <= 30 and not re.search("首页|频道|导航", line):
            return alone[1]
    return ""


def _opening(body: str) -> str:
    for line in body.split("\n")[:12]:
        opening = OPENING.match(line)
        if opening and opening[2]:
            return opening[2]
    return ""


def _of_window(window: str) -> str:
    parts = [p.strip() for p in CUT.split(window) if p.strip()]
    paper = PAPER.search(window)
    last = paper[1] if paper else parts[-1] if len(parts) > 1 else ""
    return last if SITE.search(last) and 3 <= len(last) <= 20 else ""


def _host(under: list[str]) -> str:
    for line in under:
        match = HOST.search(line)
        if match:
            return _said(re.split(r"办公室|承办|技术", match[1])[0]) or _said(match[1])
    return ""
