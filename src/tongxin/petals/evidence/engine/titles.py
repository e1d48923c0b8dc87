"""Tells a title from what stands around it: the name of the site, the column, the first sentence."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.days import issued

# What sites and their columns are called, at an end of the title of a window
SITE = re.compile(
    r"(?:网|网站|门户|频道|政府|日报|晚报|早报|时报|新闻|在线|发布|客户端|公众号|平台|统计局|委员会|办公室|公开|专栏|专题|要闻|动态|资讯"
    r"|首页|政务|厅|局|委|集团|中心|报|社)$"
)
CUT = re.compile(
    r"\s*[_|｜]\s*|\s+[-–—]+\s+|\s*--+\s*|(?<=[^\d\s])-(?=[\u4e00-\u9fff]{2,14}$)"
    r"|——(?=[\u4e00-\u9fff]{2,12}(?:网|报|社|发布|频道)$)"
)
COLUMN = re.compile(r"^\s*(?:【[^【】]{2,30}】|\[[^\[\]]{1,8}\]|［[^［］]{1,8}］|〔[^〔〕0-9]{1,8}〕)\s*")
LABEL = re.compile(r"^\s*(?:标\s*题|文章标题|信息标题|信息名称|标题名称|名\s*称|题\s*目)\s*[:：]\s*")
IN_BRACKETS = re.compile(r"[（(][^（）()]{1,12}(?:网|报|社|发布|频道)[）)]$")
WIDE = str.maketrans(",:;!?", "，：；！？")
LEAST = 6  # characters of a title


def bare_title(line: str) -> str:
    """Return a line without marks of layout, label and column in front."""
    told = line.strip().strip("#*●■◆ 　\ufeff").strip()
    told = LABEL.sub("", told)
    rest = COLUMN.sub("", told)
    return rest if len(rest) >= LEAST else told


def of_window(told: str) -> str:
    """Return the title in that of a window: without the names of site and column around it."""
    parts = [p.strip() for p in CUT.split(told) if p.strip()]
    if not parts:
        return ""
    told = told[: cut_site(told)]
    parts = [p.strip() for p in CUT.split(told) if p.strip()] or parts
    kept = [p for p in parts if not (SITE.search(p) and len(p) <= 16)] or parts
    return IN_BRACKETS.sub("", bare_title(max(kept, key=len) if len(kept[0]) < LEAST else kept[0]))


def wide(title: str) -> str:
    """Return a title with the wide marks of Chinese where a mirror wrote narrow ones between its characters."""
    return re.sub(
        r"(?<=[\u4e00-\u9fff”》）])[,:;!?](?=[\u4e00-\u9fff“《（]|$)", lambda m: m[0].translate(WIDE), title
    )


def alike(line: str, window: str) -> bool:
    """Whether a line is the title that a window shows."""
    a, b = re.sub(r"[\W_]+", "", line), re.sub(r"[\W_]+", "", window)
    return len(a) >= LEAST and (a in b or (len(b) >= 10 and a.startswith(b)))


def is_column(line: str) -> bool:
    """Whether a line only names a column: 【示例要闻】, 示例要闻."""
    return re.fullmatch(r"\s*(?:【[^【】]{2,14}】|\[[^\[\]]{1,8}\])\s*", line) is not None


def cut_site(line: str) -> int:
    """Return where the names of site and column begin that hang on a title, else the length of the line."""
    end = len(line)
    if not SITE.search(line.rstrip()):
        return end
    while True:
        match = next(iter(reversed(list(CUT.finditer(line[:end])))), None)
        if match is None or match.start() < LEAST:
            return end
        tail = line[match.end() : end].strip()
        if not (tail and len(tail) <= 16 and SITE.search(tail)):
            return end
        end = match.start()


def of_text(lines: list[str]) -> str:
    """Return the title on the first lines of a text; empty where the text begins with its first sentence."""
    short = ""
    for line in lines[:8]:
        if short and issued(line):
            return short  # 示例市公报, over its office and day
        if len(line.strip()) < LEAST or is_column(line) or issued(line):
            short = bare_title(line) if 3 < len(line.strip()) < LEAST else short
            continue
        told = of_window(line) if cut_site(line) < len(line) or _site_first(line) else bare_title(line)
        told = IN_BRACKETS.sub("", told)
        if re.match(r"[\w\u4e00-\u9fff（《“\"‘「【]", told) is None:
            continue
        return told if _could_be(told) else ""
    return ""


def _site_first(line: str) -> bool:
    """Whether the name of a site or column stands before the title: 示例要闻 | …"""
    first = CUT.search(line)
    return (
        first is not None and first.start() <= 12 and SITE.search(line[: first.start()].strip()) is not None
    )


def _could_be(told: str) -> bool:
    """Whether a line can be a title: short, no sentence that ends, no clause after clause."""
    if len(told) > 80 or told.endswith(("。", "；", "，", "：")):
        return False
    return "。" not in told and sum(told.count(c) for c in "，；、") <= max(3, len(told) // 12)
