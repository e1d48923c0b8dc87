"""The pages of a case file: A4, cover, sections as tables that run over pages, page numbers, the marks of what it is.

Set by ReportLab in the character collection that every reader of PDF knows by name (STSong-Light), so that no font file
is carried. Signs beyond the basic plane, which that collection does not reach, are printed by their code.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

from tongxin.heart.agreements import wording
from tongxin.heart.cases.casefile import CaseFile, Section

FONT = "STSong-Light"
WIDTH = A4[0] - 36 * mm  # between the margins
PIECE = 40  # rows set as one table; a table of thousands of rows would be laid out again for every page
LONGEST_CELL = (
    4000  # signs; what is longer goes on in the next row: one cell over many pages is laid out anew for each
)
LINE, INK, MUTED = colors.HexColor("#c9cfd6"), colors.HexColor("#1b2430"), colors.HexColor("#5b6672")


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    given: dict[str, Any] = {
        "fontName": FONT,
        "fontSize": size,
        "leading": size * 1.5,
        "textColor": INK,
    } | more
    return ParagraphStyle(name, **given)


CELL = _style("cell", 8.5)
CELL_CJK = _style("cell-cjk", 8.5, wordWrap="CJK")
HEAD = _style("head", 8.5, textColor=MUTED, wordWrap="CJK")
NOTE = _style("note", 9, textColor=MUTED, spaceAfter=4, wordWrap="CJK")
TITLE = _style("title", 20, wordWrap="CJK", spaceAfter=6)
SECTION = _style("section", 13, spaceBefore=14, spaceAfter=6, keepWithNext=True, wordWrap="CJK")
MARK = _style("mark", 11, textColor=colors.HexColor("#8a4b00"), spaceBefore=8, wordWrap="CJK")


def pages(file: CaseFile) -> bytes:
    """Return the case file as a PDF; in the language that is active, which must be that of the file."""
    _register()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=plain(_("Case file %(number)s") % {"number": file.number}),
        author=plain(file.made_by),
        subject=plain(file.title),
        lang="zh-CN" if file.language == "zh" else "en-GB",
    )
    frame = Frame(
        document.leftMargin, document.bottomMargin, document.width, document.height, 0, 0, 0, 0, id="page"
    )
    document.addPageTemplates(PageTemplate("page", [frame]))
    document.build(list(_flow(file)), canvasmaker=_numbered(file))
    return out.getvalue()


def plain(text: str) -> str:
    """Return text that the font can set: no control signs, and each sign beyond the basic plane by its code."""
    return "".join(
        f"〓U+{ord(sign):X}" if ord(sign) > 0xFFFF else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )


def _register() -> None:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def _flow(file: CaseFile) -> Iterator[Flowable]:
    yield Paragraph(escape(plain(_("Case file"))), NOTE)
    yield Paragraph(escape(plain(file.title)), TITLE)
    yield from _rows(file.cover, (30, 70), ())
    for mark in _marks(file):
        yield Paragraph(escape(plain(mark)), MARK)
    for section in file.sections:
        yield Paragraph(escape(plain(section.title)), SECTION)
        yield from _section(section)


def _section(section: Section) -> Iterator[Flowable]:
    if section.rows:
        yield from _rows(section.rows, section.widths, section.head)
    for note in section.notes:
        yield Paragraph(escape(plain(note)), NOTE)


def _marks(file: CaseFile) -> list[str]:
    said = [
        _(
            "Made by %(office)s, %(at)s (Beijing time). It shows what this office may see of the case, no more."
        )
        % {"office": file.made_by, "at": wording.moment(file.at)}
    ]
    if file.withheld:
        said.append(_("Parts of this case are not shared with this office; they are named and left out."))
    if file.illustrative:
        said.append(_("Illustrative: made up for demonstration"))
    return said


def _rows(
    rows: Iterable[tuple[str, ...]], shares: tuple[int, ...], head: tuple[str, ...]
) -> Iterator[Flowable]:
    """Yield the rows as tables of a bounded size; the head stands above the first."""
    widths = [WIDTH * share / sum(shares) for share in shares]
    top = [[Paragraph(escape(plain(text)), HEAD) for text in head]] if head else []
    lines = [[_cell(text) for text in piece] for row in rows for piece in _pieces(row)]
    for start in range(0, len(lines), PIECE):
        first = top if start == 0 else []
        table = Table(
            first + lines[start : start + PIECE], colWidths=widths, repeatRows=len(first), splitInRow=1
        )
        table.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
        yield table
    yield Spacer(1, 4)


def _pieces(row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the rows in which a row is set: one, and more where a text is too long for a cell; nothing is cut off."""
    whole = [plain(text) for text in row]
    for start in range(0, max((len(text) for text in whole), default=0) or 1, LONGEST_CELL):
        yield tuple(text[start : start + LONGEST_CELL] for text in whole)


def _cell(text: str) -> Paragraph:
    """Return a cell of text as `plain` gives it; Chinese breaks between signs, other text between words."""
    chinese = any("\u2e80" <= sign <= "\uffef" for sign in text)
    return Paragraph(escape(text).replace("\n", "<br/>"), CELL_CJK if chinese else CELL)


def _numbered(file: CaseFile) -> type[Canvas]:
    """Return a canvas that writes number and page on every page once it is known how many there are."""

    class Numbered(Canvas):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # the name is the library's
            self.kept.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # as the library's own example of page x of y does

        def save(self) -> None:
            for page in self.kept:
                self.__dict__.update(page)
                self._foot(len(self.kept))
                super().showPage()
            super().save()

        def _foot(self, total: int) -> None:
            self.setFont(FONT, 8)
            self.setFillColor(MUTED)
            self.drawString(18 * mm, 11 * mm, plain(f"{file.number}  {wording.moment(file.at)}"))
            said = _("page %(page)d of %(total)d") % {"page": self.getPageNumber(), "total": total}
            self.drawRightString(A4[0] - 18 * mm, 11 * mm, said)
            if file.illustrative:
                self.drawCentredString(A4[0] / 2, 11 * mm, _("Illustrative"))

    return Numbered
