"""Invented pages (示例) raw, as a crawler saves them from offices and mirrors, with labels by other hands than the reader's.

`pages.tar.gz` holds the pages as saved (GBK and UTF-8, html and txt, readings between bytes, hidden words, digits
deleted, spam, copies); `labels.csv` their figures in the columns of `dev_gold.csv`, found by their quotes; `origins.csv`
title, publisher and days; `outside.csv` figures of lists and footers that are no body.
"""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tongxin.petals.evidence.engine.api import Reading, read_bytes

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def readings() -> Iterator[tuple[str, Reading]]:
    """Read the pages: name, and what was read."""
    with tarfile.open(HERE / "pages.tar.gz") as pages:
        for page in pages:
            data = pages.extractfile(page)
            assert data is not None
            for reading in read_bytes(page.name, io.BytesIO(data.read()).getvalue()):
                yield page.name.partition(".")[0], reading


def labelled() -> tuple[list[dict[str, str]], dict[str, list[dict[str, str]]]]:
    """Return labels and rows read, as the scorer wants them: figures are found by their quotes."""
    found = {doc: [f.row() | {"doc": doc, "start": ""} for f in r.facts] for doc, r in readings()}
    return rows("labels.csv"), found
