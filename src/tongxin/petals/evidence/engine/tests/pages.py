"""Invented pages of other regions with exact labels, as their publishers lay them out: html, txt, docx, PDF.

All figures are invented (示例). In `TEXTS` a label stands behind the words it holds for:
`⟦words⟧{indicator|places|period|value|unit|comparison type|comparison value|status}`, several where a list shares its words; left out at
the end: no comparison, actual. `~` stands between what is equally right.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date

from tongxin.petals.evidence.engine.api import read_bytes
from tongxin.petals.evidence.engine.repair import repair
from tongxin.petals.evidence.engine.tests.pages_texts import TEXTS

LABELLED = re.compile(r"⟦([^⟧]*)⟧((?:\{[^}]*\})+)")
NAVIGATION = (("/", "首页"), ("/xw", "新闻中心"), ("/zwgk", "政务公开"), ("/fw", "办事服务"))
RELATED = ("某县今年签约项目86个 总投资63亿元", "某市上半年外贸增长19.3%")
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Label:
    """A figure that a page tells, slot by slot; `quote` are the words it stands in."""

    quote: str
    indicator: str
    places: str
    period: str
    value: str
    unit: str
    comparison_type: str = "none"
    comparison_value: str = ""
    status: str = "actual"


@dataclass(frozen=True)
class Page:
    """An invented page: its bytes as published, and every figure in it."""

    name: str
    publisher: str
    published: date
    data: bytes
    labels: tuple[Label, ...]


def pages() -> list[Page]:
    """Return the pages in the form that their name tells."""
    made = []
    for name, charset, publisher, day, title, text in TEXTS:
        labels = tuple(
            Label(m[1], *found.split("|"))
            for m in LABELLED.finditer(text)
            for found in re.findall(r"\{([^}]*)\}", m[2])
        )
        body = [p for p in LABELLED.sub(r"\1", text).strip().split("\n") if p]
        form = {"txt": _txt, "html": _html, "docx": _docx, "pdf": _pdf}[name.rsplit(".", 1)[1]]
        made.append(Page(name, publisher, day, form(title, publisher, day, body, charset), labels))
    return made


def labelled() -> tuple[list[dict[str, str]], dict[str, list[dict[str, str]]]]:
    """Read the pages: their labels as rows of `dev_gold.csv`, places in the repaired text; the rows read, by page."""
    gold: list[dict[str, str]] = []
    read: dict[str, list[dict[str, str]]] = {}
    for page in pages():
        (reading,) = read_bytes(page.name, page.data)
        text = reading.document.repaired.text
        places = [i for i, c in enumerate(text) if not c.isspace()]
        flat = "".join(text.split())
        for n, label in enumerate(page.labels):
            quote = "".join(repair(label.quote).text.split())
            start = flat.index(quote)
            gold.append(
                _row(page.name, n, label)
                | {"start": str(places[start]), "end": str(places[start + len(quote) - 1] + 1)}
            )
        read[page.name] = [f.row() | {"doc": page.name} for f in reading.facts]
    return gold, read


def _row(name: str, n: int, label: Label) -> dict[str, str]:
    told = {
        "indicator": label.indicator, "jurisdictions": label.places, "period": label.period, "value": label.value,
        "unit": label.unit, "comparison_type": label.comparison_type, "comparison_value": label.comparison_value,
        "status": label.status,
    }  # fmt: skip
    others = [f"{k}={v}" for k, all_ in told.items() for v in all_.split("~")[1:]]
    row = {k: v.split("~")[0] for k, v in told.items()}
    same = {"id": f"{name}-{n}", "doc": name, "cls": "M", "quote": label.quote, "accept": "|".join(others)}
    return same | row | {"theme": "", "qualifier": ""}


def _txt(title: str, publisher: str, day: date, body: list[str], charset: str) -> bytes:
    head = [title, f"{day} 08:30 来源:{publisher}", ""]
    return "\n".join([*head, *("　　" + p for p in body), "", "责任编辑:示例"]).encode(charset)


def _html(title: str, publisher: str, day: date, body: list[str], charset: str) -> bytes:
    links = "".join(f'<li><a href="{a}">{t}</a></li>' for a, t in NAVIGATION)
    related = "".join(f'<li><a href="/a/{i}.html">{t}</a></li>' for i, t in enumerate(RELATED))
    paragraphs = "\n".join(f'<p style="text-indent:2em">{p}</p>' for p in body)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}_{publisher}</title>\n'
        f'<meta name="PubDate" content="{day} 09:12"><meta name="ContentSource" content="{publisher}">\n'
        f'<script>var n = "共999个";</script></head><body><div class="nav"><ul>{links}</ul></div>\n'
        f'<div class="tip">您是第 1280 万位访客</div><div class="TRS_Editor"><h1>{title}</h1>\n{paragraphs}\n</div>\n'
        f'<div class="related"><h3>相关阅读</h3><ul>{related}</ul></div><div class="foot">主办:示例 备案号 00000000</div></body></html>'
    ).encode(charset)


def _docx(title: str, publisher: str, day: date, body: list[str], charset: str) -> bytes:
    del charset
    lines = [title, publisher, f"{day.year}年{day.month}月{day.day}日", *body]
    # Word cuts a paragraph into runs anywhere: in the middle of a number too
    runs = "".join(
        "<w:p>"
        + "".join(
            f'<w:r><w:t xml:space="preserve">{line[i : i + 9]}</w:t></w:r>' for i in range(0, len(line), 9)
        )
        + "</w:p>"
        for line in lines
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORDS}"><w:body>{runs}</w:body></w:document>'
        )
    return out.getvalue()


def _pdf(title: str, publisher: str, day: date, body: list[str], charset: str) -> bytes:
    del charset
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    lines = [title, f"{publisher} {day.year}年{day.month}月{day.day}日"]
    for paragraph in body:
        told = "　　" + paragraph
        lines += [told[i : i + 36] for i in range(0, len(told), 36)]
    for start in range(0, len(lines), 40):
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(lines[start : start + 40]):
            canvas.drawString(60, 790 - 18 * n, line)
        canvas.drawString(290, 40, f"— {start // 40 + 1} —")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
