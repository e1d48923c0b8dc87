"""The lines over a body and under it, where its origin is told; damaged ones are repaired like the body."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.days import SPLIT, labels
from tongxin.petals.evidence.engine.html_text import Page
from tongxin.petals.evidence.engine.repair import repair

OVER = 30  # lines
UNDER = 20
SAMPLE = 120  # characters of each of the first lines, by which the script of a page is told
OF_TABLE = 8  # lines of a body without sentences that may tell its origin
OF_TITLE = 4  # lines from the title on
NEAR = 8  # lines over a title that may tell its origin, though they stand aside
LABEL_ALONE = re.compile(r"[\u4e00-\u9fff\s　]{2,8}[:：]\s*")
SUBSTANCE = 40


def _is_prose(line: str) -> bool:
    marks = line.count("，") + line.count(",")
    return (len(line) >= SUBSTANCE and ("。" in line or marks >= 2)) or (
        len(line) >= 20 and line.endswith("。")
    )


def tells(line: str) -> bool:
    """Whether a line tells source or time of what stands under it."""
    return len(line) < 80 and bool(
        SPLIT.search(line) or re.match(rf"\W*(?:{labels('source').pattern})\s*[:：]", line)
    )


def of_text(whole: str) -> tuple[list[str], list[str]]:
    """Return the lines over the first paragraph of a text, and under its last."""
    lines = [line for line in whole.split("\n") if line.strip()]
    prose = [i for i, line in enumerate(lines) if _is_prose(line)]
    if not prose:
        return lines[:OVER], lines[-UNDER:]
    # a date can also stand behind a lead, or right over the second paragraph
    return _joined(lines[max(0, prose[0] - OVER) : prose[0]]), lines[prose[-1] + 1 :][:UNDER]


def of_page(page: Page) -> tuple[list[str], list[str]]:
    """Return the lines of a page over the first paragraph of its body and under the last; lists aside do not count."""
    start, end = page.body
    prose = [i for i, n in enumerate(page.lines) if start <= n.start < end and _is_prose(n.text)]
    first = prose[0] if prose else next((i for i, n in enumerate(page.lines) if n.start >= start), 0)
    if not prose:  # a page of a table: what stands over it stands in the body
        first = min(first + OF_TABLE, len(page.lines))
    last = prose[-1] if prose else len(page.lines) - 1
    title = next(
        (
            i
            for i in range(min(first, len(page.lines) - 1), -1, -1)
            if page.title and page.title[:8] in page.lines[i].text
        ),
        first,
    )
    again = [i for i in range(max(0, title - OF_TITLE), title) if page.title[:8] in page.lines[i].text]
    title = again[0] if page.title and again else title  # printed once more over a summary
    shown = [
        i
        for i in range(first)
        if not page.lines[i].linked
        and (not page.lines[i].aside or i >= title or (i > title - NEAR and tells(page.lines[i].text)))
    ]
    # a table may stand between the title, with its day, and the first sentence
    head = [i for i in shown[:-OVER] if title <= i < title + OF_TITLE]
    over = [page.lines[i].text for i in [*head, *shown[-OVER:]]]
    under = [n.text for n in page.lines[last + 1 :] if not n.linked]
    sample = [n.text[:SAMPLE] for n in page.lines[first : first + 4]]
    under = under[:UNDER]
    whole = repair("\n".join([*over, *sample, *under])).whole.split("\n")
    if len(whole) != len(over) + len(sample) + len(under):
        return _joined(over), under
    return _joined(whole[: len(over)]), whole[len(over) + len(sample) :]


def _joined(lines: list[str]) -> list[str]:
    """Join a label that stands alone (a cell) with what follows it."""
    made: list[str] = []
    for line in lines:
        if made and LABEL_ALONE.fullmatch(made[-1]):
            made[-1] += line
        else:
            made.append(line)
    return made
