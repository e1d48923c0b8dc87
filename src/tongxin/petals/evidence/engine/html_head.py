"""What a page says of itself: its head (common systems of publishers), its data for search engines, its title."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta, timezone

from tongxin.petals.evidence.engine.boilerplate import is_tail
from tongxin.petals.evidence.engine.days import labels, shown
from tongxin.petals.evidence.engine.html_boxes import Line
from tongxin.petals.evidence.engine.titles import LEAST, SITE, alike, bare_title, of_window

META = re.compile(r"<meta\b([^<>]{1,1500}+)>", re.IGNORECASE)
SAID = re.compile(
    r"""(name|property|itemprop|content|http-equiv)\s*=\s*(?:"([^"]{0,600})"|'([^']{0,600})'|([^\s"'>]{1,200}))""",
    re.IGNORECASE,
)
WINDOW = re.compile(r"<title[^<>]{0,200}>([^<]{0,400})", re.IGNORECASE)
DATA = re.compile(
    r"<script[^<>]{0,200}application/ld\+json[^<>]{0,100}>(.{2,20000}?)</script", re.IGNORECASE | re.DOTALL
)
# What mp.weixin.qq.com and sites of this kind write into their scripts
SCRIPT = {
    "nickname": re.compile(r"""var\s+nickname\s*=\s*(?:htmlDecode\()?["']([^"'<>]{1,40})["']"""),
    "js_name": re.compile(r"""id=["']js_name["'][^<>]{0,200}>\s*([^<>]{2,40}?)\s*<"""),
    "publish_time": re.compile(r"""id=["']publish_time["'][^<>]{0,200}>\s*([\d年月日\-/: ]{8,24}?)\s*<"""),
    "ct": re.compile(r"""var\s+ct\s*=\s*["'](\d{10})["']"""),
    "createtime": re.compile(
        r"""var\s+(?:createTime|publish_time|publishTime|pubtime)\s*=\s*["']([\d\-/: ]{8,19})["']""", re.IGNORECASE
    ),
    "msg_title": re.compile(r"""var\s+msg_title\s*=\s*["']([^"'<>]{4,120})["']"""),
}  # fmt: skip
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{8,300})\s*-->")  # by browsers
TIME = re.compile(r"""<time\b[^<>]{0,200}\bdatetime\s*=\s*["']?(20\d{2}-\d{2}-\d{2})""", re.IGNORECASE)
TITLES = ("articletitle", "og:title", "headline", "twitter:title", "msg_title", "title")
END = 1 << 62
LONG = 90  # characters of a title at most
NEAR = 400  # characters of a page, from the beginning of its body, in which its source may stand
CHINA = timezone(timedelta(hours=8))


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^<>]*>", "", text))).strip()


def told(text: str) -> dict[str, str]:
    """Return what the head of a page says, by names in small letters."""
    found: dict[str, str] = {}
    for match in META.finditer(text[:60000]):
        said = {m[1].lower(): _clean(m[2] or m[3] or m[4] or "") for m in SAID.finditer(match[1])}
        name = said.get("name") or said.get("property") or said.get("itemprop") or ""
        if name and said.get("content"):
            found.setdefault(name.lower(), said["content"])
    for name, pattern in SCRIPT.items():
        written = pattern.search(text)
        if written:
            found.setdefault(name, html.unescape(written[1]))
    if "js_name" in found:
        found.setdefault("nickname", found["js_name"])
    if "publish_time" in found:
        found.setdefault("createtime", found["publish_time"])
    if "ct" in found:
        found["createtime"] = datetime.fromtimestamp(int(found["ct"]), CHINA).date().isoformat()
    window = WINDOW.search(text[:60000])
    if window:
        found["window"] = _clean(window[1])
    canonical = re.search(r"""<link\b[^<>]{0,300}rel\s*=\s*["']?canonical[^<>]{0,300}>""", text[:60000], re.I)
    address = re.search(r"""href\s*=\s*["']([^"']{8,300})""", canonical[0]) if canonical else None
    address = address or SAVED_FROM.search(text[:3000])
    if address:
        found.setdefault("canonical", address[1])
    shown_time = TIME.search(text)
    if shown_time:
        found["time"] = shown_time[1]
    for data in DATA.finditer(text):
        found |= {k: v for k, v in _structured(data[1]).items() if k not in found}
    return found


def _structured(text: str) -> dict[str, str]:
    """Return headline, dates and publisher of JSON-LD; what cannot be read is passed over."""
    try:
        known = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    waiting = [known]
    while waiting and len(found) < 50:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each[:50]
        elif isinstance(each, dict):
            waiting += [v for k, v in each.items() if k == "@graph"]
            for key in ("headline", "datePublished", "pubDate", "publisher", "sourceOrganization"):
                value = each.get(key)
                value = value.get("name") if isinstance(value, dict) else value
                if isinstance(value, str):
                    found.setdefault(key.lower(), _clean(value))
    return found


def told_title(meta: dict[str, str], lines: list[Line]) -> int:
    """Return where the title stands that the window or the head names too; 0 where there is none."""
    known = [meta.get("window", ""), *(meta[k] for k in TITLES if k in meta)]
    agreeing = [
        n
        for n in lines
        if 8 <= len(n.text) <= LONG
        and not n.linked
        and not n.aside
        and any(alike(bare_title(n.text), k) for k in known)
        and not SITE.search(n.text)
    ]
    if agreeing:
        return next((n.start for n in agreeing if n.heading), agreeing[0].start)
    headings = [
        n for n in lines if n.heading and not (n.linked or n.aside or SITE.search(n.text) or is_tail(n.text))
    ]
    line = headings[0] if len(headings) == 1 else None if headings else _over_source(lines, END)
    return line.start if line and len(line.text) >= 8 else 0


def title_line(meta: dict[str, str], lines: list[Line], body: int) -> Line | None:
    """Return the line that is the title: one near the body that the window or the head names too, else a heading."""
    known = [meta.get("window", ""), *(meta[k] for k in TITLES if k in meta)]
    near = [n for n in lines if LEAST <= len(n.text) <= LONG and n.start < body + 1500]
    agreeing = [n for n in near if any(alike(bare_title(n.text), k) for k in known)]
    if agreeing:
        return max(agreeing, key=lambda n: (not n.aside, n.heading, len(n.text), -abs(n.start - body)))
    headings = [n for n in near if n.heading and not n.aside and not n.linked and not SITE.search(n.text)]
    if headings:
        return min(headings, key=lambda n: abs(n.start - body))
    window = of_window(meta.get("window", ""))
    return None if len(window) >= LEAST and not SITE.search(window) else _over_source(near, body)


def _over_source(near: list[Line], body: int) -> Line | None:
    """Return the line over that of source and day, on a page whose window names the site or nothing: 信息浏览."""
    for i in range(1, len(near)):
        line, told = near[i - 1], near[i].text
        if not LEAST <= len(line.text) <= LONG or len(told) > 2 * LONG:
            continue
        if near[i].start >= body + NEAR or not (
            labels("source").search(told) or labels("issuer").search(told) or shown([told])
        ):
            continue
        if line.linked or line.aside or SITE.search(line.text) or re.search("[:：>。]", line.text):
            continue
        return line
    return None


def title(meta: dict[str, str], line: Line | None) -> str:
    """Return the title of a page, without the name of the site."""
    if line is not None:
        return bare_title(line.text)
    key = next((k for k in TITLES if len(meta.get(k, "")) >= 6), "window")
    return of_window(meta.get(key, ""))
