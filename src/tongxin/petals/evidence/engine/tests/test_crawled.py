"""Raw pages as a crawler saves them: figures, periods, places, title and day, and nothing of what stands around."""

from __future__ import annotations

from functools import cache

from tongxin.petals.evidence.engine.api import Reading
from tongxin.petals.evidence.engine.repair import NARROW
from tongxin.petals.evidence.engine.tests import crawled

RATES = ("/日", "/年", "/月", "/周")


@cache
def read() -> dict[str, Reading]:
    return dict(crawled.readings())


def pieces(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def right(row: dict[str, str], field: str) -> set[str]:
    """Return the values of a label that are equally right."""
    others = (a.split("=", 1) for a in row["accept"].split("|") if "=" in a)
    return {row[field], *(value for name, value in others if name == field)}


def plain(title: str) -> str:
    """Return a title with narrow marks and without spaces."""
    return "".join(title.translate(NARROW).split())


def number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def test_figures_are_found_with_their_periods_and_status():
    found = period = status = 0
    labels = [row for row in crawled.rows("labels.csv") if row["cls"] == "M"]
    for row in labels:
        near = [
            f
            for f in read()[row["doc"]].facts
            if number(f.value) in map(number, right(row, "value"))
            and 2 * len(pieces(f.quote) & pieces(row["quote"])) > len(pieces(f.quote)) * 0.6
        ]
        found += bool(near)
        period += any(f.period in right(row, "period") for f in near)
        status += any(f.status in right(row, "status") for f in near)
    assert len(labels) == 1564
    assert found >= 0.94 * len(labels)
    assert period >= 0.92 * found
    assert status >= 0.97 * found


def test_what_stands_around_is_not_read():
    for row in crawled.rows("outside.csv"):
        body = read()[row["doc"]].document.repaired.text
        assert row["text"] not in body, row


def test_titles_and_days_of_publication():
    wrong = [
        (row["doc"], document.source.title, document.source.published, document.reposted)
        for row in crawled.rows("origins.csv")
        for document in [read()[row["doc"]].document]
        if str(document.source.published) != row["published"]
        or (row["doc"] != "p33" and str(document.reposted or "") != row["repost"])  # it tells an update alone
        or plain(document.source.title) != plain(row["title"])
    ]
    assert wrong == []
