"""Learns how figures are named from examples, for the reader of bulletins: `name_vocabulary.csv`, `name_weights.gz`.

The vocabulary is the words of our sentences as rjieba cuts them.

Examples are the sentences of `name_examples.txt`, beside the weights, the invented pages beside the engine's tests, and
the labels there, whose texts lie in TEXTS (shared/data/bulletins; not in this repository). Nothing is learned from the
sets of labels and the pages in KEPT.

    python tools/evidence_names.py [TEXTS] [--out FILE]       without TEXTS from our own sentences alone
    python tools/evidence_names.py TEXTS --check              says whether ours is what is learned; status 1 if not
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import rjieba

if TYPE_CHECKING:
    from tongxin.petals.evidence.engine.tests.shared_data import Told

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tongxin.petals.evidence.engine import name_parts  # noqa: E402
from tongxin.petals.evidence.engine.facts import Source  # noqa: E402
from tongxin.petals.evidence.engine.name_learning import (  # noqa: E402
    EXAMPLES,
    Example,
    learned,
    marked,
    windows,
)

DATA = ROOT / "src/tongxin/petals/evidence/engine/data"
LABELS = ROOT / "src/tongxin/petals/evidence/engine/tests/labels"
KEPT = frozenset({"sealed", "blind-sixth"})  # labels that are scored and never learned from …
PAGES_KEPT = frozenset(f"p{n}" for n in range(41, 49))  # … and pages
TIMES = 3  # so often labels count: they are of real bulletins
HANZI = re.compile("[\u4e00-\u9fff]{2,}")
DAY = date(2025, 6, 30)


def lines() -> Iterator[str]:
    """Return our own sentences."""
    for line in (DATA / EXAMPLES).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def vocabulary() -> str:
    """Return the words of our sentences, of two characters and more, as a table."""
    known = {word for line in lines() for word in rjieba.cut(marked(line)[0], False) if HANZI.fullmatch(word)}
    return "".join(f"{word}\n" for word in ("word", *sorted(known)))


def ours() -> Iterator[list[Example]]:
    """Return the windows of our own sentences, line by line."""
    for line in lines():
        text, told = marked(line)
        yield list(windows(text, Source("", "示例", "示例", DAY), told))


def labelled(folder: Path) -> Iterator[Example]:
    """Return the windows of labelled figures of the public texts."""
    os.environ["TONGXIN_BULLETINS"] = str(folder)
    from tongxin.petals.evidence.engine.tests import shared_data

    texts = shared_data.told()
    rows = [r for path in sorted(LABELS.glob("*.csv")) for r in csv.DictReader(path.open(encoding="utf-8"))]
    for doc in sorted({(r["half"], r["doc"]) for r in rows if r["half"] not in KEPT}):
        mine = [r for r in rows if (r["half"], r["doc"]) == doc and r["cls"] == "M"]
        if mine:
            yield from _of_page(doc[1], texts[mine[0]["sha256"]], mine)
    with (folder / "dev_gold.csv").open(encoding="utf-8", newline="") as lines:
        gold = [r for r in csv.DictReader(lines) if r["cls"] == "M"]
    by_file = {path.name[:3]: path for path in (folder / "raw").glob("r*.txt")}
    pages = {page.text: page for page in texts.values()}
    for name in sorted({r["doc"] for r in gold}):
        mine = [r for r in gold if r["doc"] == name]
        yield from _of_page(name, pages[by_file[name].read_text("utf-8")], mine)


def crawled_pages() -> Iterator[Example]:
    """Return the windows of labelled figures of the invented pages; a figure is found by its quote."""
    from tongxin.petals.evidence.engine.repair import NARROW
    from tongxin.petals.evidence.engine.tests import crawled

    labels = [r for r in crawled.rows("labels.csv") if r["cls"] == "M"]
    for doc, reading in crawled.readings():
        text, source = reading.document.repaired.text, reading.document.source
        plain = text.translate(NARROW)
        mine = [r for r in labels if r["doc"] == doc and doc not in PAGES_KEPT]
        places = [(plain.find(r["quote"].translate(NARROW)), r) for r in mine]
        told = [(at, at + len(r["quote"]), r["indicator"]) for at, r in places if at >= 0]
        yield from _one_each(windows(text, source, told), mine)


def _of_page(doc: str, page: Told, rows: list[dict[str, str]]) -> Iterator[Example]:
    """Return the windows of a page's labelled figures."""
    told = [(int(r["start"]), int(r["end"]), r["indicator"]) for r in rows]
    source = Source(doc, page.title, page.publisher, page.day)
    yield from _one_each(windows(page.text, source, told), rows)


def _one_each(found: Iterator[Example], rows: list[dict[str, str]]) -> Iterator[Example]:
    """Keep windows whose figure has the value that is labelled: a span may hold a comparison's number too."""
    values = {(r["indicator"], r["value"]) for r in rows} | {
        (r["indicator"], each.partition("=")[2]) for r in rows for each in r["accept"].split("|")
    }
    for window in found:
        if (window.name, window.fact.value) in values:
            yield window


def main() -> int:
    """Learn, and write or compare."""
    asks = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asks.add_argument("texts", nargs="?", type=Path)
    asks.add_argument("--out", type=Path, default=DATA / name_parts.WEIGHTS)
    asks.add_argument("--check", action="store_true")
    told = asks.parse_args()
    known = vocabulary()
    if told.check and known != (DATA / name_parts.VOCABULARY).read_text("utf-8"):
        print("not the same vocabulary")
        return 1
    if not told.check:
        (DATA / name_parts.VOCABULARY).write_text(known, "utf-8")
    examples = [w for line in ours() for w in line]
    own = len(examples)
    examples += crawled_pages()
    invented = len(examples)
    if told.texts:
        examples += [w for w in labelled(told.texts) for _ in range(TIMES)]
    model = learned(examples)
    public = (len(examples) - invented) // TIMES
    print(f"{own} figures of our sentences, {invented - own} of our pages, {public} of public texts")
    if told.check:
        kept = name_parts.model()
        same = all((one == two).all() for one, two in zip(kept, model, strict=True))
        print("the same weights" if same else "not the same weights")
        return 0 if same else 1
    told.out.write_bytes(model.packed())
    return 0


if __name__ == "__main__":
    sys.exit(main())
