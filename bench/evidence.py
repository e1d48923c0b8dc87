"""What reading bulletins holds: characters repaired, figures read, with 95 % intervals; speeds beside others.

Needs the public texts (TONGXIN_BULLETINS, or shared/data/bulletins beside the checkout): they are not in this
repository. The first lines measure speeds, jieba and rjieba beside ours; what is missing is left out, and said.

    .venv/bin/python bench/evidence.py [SEED]
"""

from __future__ import annotations

import csv
import difflib
import importlib.util
import json
import random
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import mean
from time import process_time
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tongxin.petals.evidence.engine.documents import Told, take  # noqa: E402
from tongxin.petals.evidence.engine.facts import Source  # noqa: E402
from tongxin.petals.evidence.engine.reader import read  # noqa: E402
from tongxin.petals.evidence.engine.repair import repair  # noqa: E402
from tongxin.petals.evidence.engine.tests import crawled, generator, pages, shared_data, together  # noqa: E402

LABELS = ROOT / "src/tongxin/petals/evidence/engine/tests/labels"
# Sets of labels as they are printed. The blind ones were labelled by hand before the reader had run on them; they were
# scored one after another, each once while nothing of it was told, then faults of its kind were mended.
SETS = {
    "open": "open",
    "sealed": "sealed",
    "blind-first": "labelled without sight of the reader's answers, first eight (kinds of faults mended since)",
    "blind-second": "labelled without sight of the reader's answers, second eight (kinds of faults mended since)",
    "blind-third": "labelled without sight of the reader's answers, third eight (kinds of faults mended since)",
    "blind-fourth": "labelled without sight of the reader's answers, fourth eight (kinds told, few mended since)",
    "blind-fifth": "labelled without sight of the reader's answers, fifth eight (names are learned from it)",
    "blind-sixth": "labelled without sight of the reader's answers, sixth eight (scored once, kept out of learning)",
    "regional": "the same: eight more transcripts on regions (kinds of faults mended since)",
    "mixed": "the same: round-ups, counties, a report of the government (kinds of faults mended since)",
}
PLAIN = re.compile(r"(\d+(?:\.\d+)?)(万亿|亿|万)?(多|余)?(元|个|家|项|条|%|亩|公里|人次|人|吨)")
DRAWS = 400
LIMITS = {
    "F1": 0.95, "P": 0.96, "unit": 0.99, "status": 0.97, "comparison": 0.96, "period": 0.90, "jurisdictions": 0.85,
    "indicator": 0.80, "full_F1": 0.72,
}  # fmt: skip
SAID = {
    "F1": "detection F1, class M", "P": "detection precision", "unit": "unit and value", "full_F1": "whole record F1",
}  # fmt: skip


def module(path: Path) -> ModuleType:
    """Return a Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def line(what: str, figure: object, limit: object = "", more: str = "") -> None:
    """Print a line of the table."""
    shown = f"{figure:.4f}" if isinstance(figure, float) else str(figure)
    print(f"{what:<58}{shown:>12}  {limit!s:>9}  {more}")


def alike(a: str, b: str) -> float:
    """Return the share of characters that two texts have in common, in order; by lines where they have as many."""
    one, two = a.strip().split("\n"), b.strip().split("\n")
    if len(one) != len(two):
        one, two = [a.strip()], [b.strip()]
    same = total = 0
    for x, y in zip(one, two, strict=True):
        blocks = difflib.SequenceMatcher(None, x, y, autojunk=False).get_matching_blocks() if x != y else []
        same += 2 * (sum(m.size for m in blocks) if x != y else len(x)) + 2
        total += len(x) + len(y) + 2
    return same / total


def repairs(folder: Path, seed: int) -> None:
    """Repair fresh damage and the clean corpus."""
    clean = sum(repair(d["text"]).text != d["text"] for d in shared_data.bulk())
    line("clean texts of the corpus that are changed", clean, 0)
    try:
        maker: Any = module(folder / "make_dirty.py")
    except ImportError as error:
        line("fresh damage by make_dirty.py", "left out", "≥ .985", f"{error.name} is not installed")
        maker = None
    kinds = ("pinyin", "gateway", "wordpy", "pinyin+spam") if maker else ()
    for kind in kinds:
        ratios = []
        for i, path in enumerate(sorted((folder / "raw").glob("r*.txt"))[seed % 3 :: 3]):
            rng = random.Random(seed + i)
            text = path.read_text("utf-8")
            dirty = text
            for step in kind.split("+"):
                dirty = getattr(maker, step)(dirty, rng)
            ratios.append(alike(repair(dirty).text, maker.narrow(text)))
        line(f"characters right, fresh damage: {kind}", mean(ratios), ".985", f"lowest {min(ratios):.4f}")
    for damage in (generator.pinyin, generator.words_with_readings):
        ratios = []
        for n in range(6):
            text = "\n".join(m.text for m in generator.sentences(seed + n, 21))
            ratios.append(alike(repair(damage(text, seed + n)).text, text))
        line(
            f"characters right, generated sentences: {damage.__name__}",
            mean(ratios),
            ".985",
            f"lowest {min(ratios):.4f}",
        )


def generated(seed: int) -> None:
    """Read generated sentences, clean and damaged."""
    day = date(2025, 5, 15)

    def told(text: str) -> list[generator.Slots]:
        return generator.slots(read(repair(text), Source(published=day)))

    made = generator.sentences(seed, 700)
    line("generated sentences read exactly", sum(told(m.text) == m.wanted() for m in made) / len(made))
    right = 0
    for i, m in enumerate(made[:210]):
        page = generator.pinyin("\n".join([m.text, *(x.text for x in made[i + 1 : i + 4])]), seed + i)
        right += told(page)[: len(m.figures)] == m.wanted()
    line("the same, damaged by readings put between bytes", right / 210)


def predictions(texts: Iterable[tuple[str, str, str, str, date]]) -> dict[str, list[dict[str, str]]]:
    """Return rows by document: name, title, text, publisher, day."""
    return {
        doc: [f.row() for f in read(repair(text), Source(doc, title, publisher, day))]
        for doc, title, text, publisher, day in texts
    }


def scored(
    scorer: Any, gold: list[dict[str, str]], rows: dict[str, list[dict[str, str]]]
) -> dict[str, float]:
    """Return what the scorer says of these documents."""
    scorer.rd = lambda _path: gold
    return dict(scorer.score([r for doc in rows.values() for r in doc])[0])


def interval(
    scorer: Any, gold: list[dict[str, str]], rows: dict[str, list[dict[str, str]]], seed: int
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals by drawing documents again and again."""
    rng = random.Random(seed)
    docs = sorted(rows)
    draws: dict[str, list[float]] = {k: [] for k in LIMITS}
    for _ in range(DRAWS):
        labels, found = [], {}
        for n in range(len(docs)):
            doc = rng.choice(docs)
            labels += [g | {"doc": f"{n}", "id": f"{n}/{g['id']}"} for g in gold if g["doc"] == doc]
            found[str(n)] = [r | {"doc": f"{n}"} for r in rows[doc]]
        for k, v in scored(scorer, labels, found).items():
            if k in draws:
                draws[k].append(float(v))
    return {k: (sorted(v)[int(0.025 * DRAWS)], sorted(v)[int(0.975 * DRAWS) - 1]) for k, v in draws.items()}


def readings(folder: Path, seed: int) -> None:
    """Score the development labels, and each set of the labels beside the tests."""
    scorer = module(folder / "score.py")
    index = {r["file"]: r for r in csv.DictReader((folder / "index.csv").open(encoding="utf-8"))}
    dev = list(csv.DictReader((folder / "dev_gold.csv").open(encoding="utf-8")))
    files = {f[:3]: f for f in index}
    texts = [
        (
            d,
            index[files[d]]["title"],
            (folder / "raw" / files[d]).read_text("utf-8"),
            shared_data.BROADCAST,
            date.fromisoformat(index[files[d]]["date"]),
        )
        for d in sorted({g["doc"] for g in dev})
    ]
    show(scorer, "development", dev, predictions(texts), seed)
    bulk = shared_data.told()
    labels = [
        row for path in sorted(LABELS.glob("*.csv")) for row in csv.DictReader(path.open(encoding="utf-8"))
    ]
    for half, name in SETS.items():
        gold = [g | {"theme": "", "qualifier": ""} for g in labels if g["half"] == half]
        texts = []
        for doc in sorted({g["doc"] for g in gold}):
            told = bulk[next(g["sha256"] for g in gold if g["doc"] == doc)]
            texts.append((doc, told.title, told.text, told.publisher, told.day))
            for g in gold:
                if g["doc"] == doc:
                    g["quote"] = told.text[int(g["start"]) : int(g["end"])]
        show(scorer, name, gold, predictions(texts), seed)
    show(scorer, "invented pages of other regions: txt, html, docx, PDF", *pages.labelled(), seed)
    show(
        scorer,
        "invented pages as crawled, labelled by another hand (faults mended since)",
        *crawled.labelled(),
        seed,
    )


def show(
    scorer: Any, name: str, gold: list[dict[str, str]], rows: dict[str, list[dict[str, str]]], seed: int
) -> None:
    """Print the scores of a set of labels."""
    figures = scored(scorer, gold, rows)
    bounds = interval(scorer, gold, rows, seed)
    print(f"\n{name}: {len(rows)} documents, {figures['gold']:.0f} figures")
    for key, limit in LIMITS.items():
        low, high = bounds[key]
        line(SAID.get(key, key), float(figures[key]), f"{limit:.2f}", f"95 % {low:.3f} to {high:.3f}")


def spans(folder: Path) -> None:
    """Count facts whose cited raw span contains their number, on damaged pages too."""
    good = count = 0
    for path in [*sorted((folder / "raw").glob("*.txt")), *sorted((folder / "dirty").glob("*.dirty.txt"))]:
        for document in take(path.name, path.read_bytes(), Told()):
            for fact in read(document.repaired, document.source):
                number = re.search(r"[\d.]+", document.repaired.text[slice(*fact.number)])
                count += 1
                good += number is None or number[0] in document.raw[fact.raw_start : fact.raw_end]
    print()
    line("facts whose cited raw span contains the number", f"{good}/{count}", "all")


def speed(name: str, work: Callable[[str], object], texts: list[str], limit: str = "") -> None:
    """Print how many megabytes a second one core reads: the best of three passes, since other work only adds time."""
    work(texts[0])
    took = []
    for _pass in range(3):
        start = process_time()
        for text in texts:
            work(text)
        took.append(process_time() - start)
    rates = [sum(len(t.encode()) for t in texts) / 1e6 / seconds for seconds in took]
    line(name, f"{max(rates):.2f} MB/s", limit, f"three passes: {', '.join(f'{rate:.2f}' for rate in rates)}")


def speeds() -> None:
    """Time raw text to facts beside a plain expression and two tokenizers."""
    texts = [d["text"] for d in shared_data.bulk()]
    day = Source(published=date(2025, 1, 1))
    speed("raw text to facts, one core", lambda t: read(repair(t), day), texts, "≥ 1 MB/s")
    speed("a plain regular expression for number and unit", lambda t: PLAIN.findall(t), texts)
    for name in ("jieba", "rjieba"):
        try:
            tokenizer: Any = importlib.import_module(name)
        except ImportError:
            line(f"{name}, tokenizing alone", "left out", "", "not installed")
            continue
        speed(f"{name}, tokenizing alone", partial(_tokens, tokenizer.cut), texts[:300])


def _tokens(cut: Callable[[str], Iterable[str]], text: str) -> list[str]:
    return list(cut(text))


def side_by_side() -> None:
    """Set the facts of the whole corpus side by side: what is found, labelled pairs that are joined, and the time."""
    found = together.measured()
    print()
    kinds = ", ".join(f"{found.kinds[k]} {k}" for k in ("agree", "conflict", "stale", "derived"))
    line(f"{found.facts} facts of the corpus side by side", f"{found.seconds:.2f} s", "", kinds)
    for what, k, n in (
        ("pairs of one figure that are joined", found.joined, found.same),
        ("pairs of two figures of one value that are joined", found.joined_wrongly, found.other),
    ):
        low, high = wilson(k, n)
        line(what, f"{k}/{n}", "", f"95 % {low:.3f} to {high:.3f}")


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    z = 1.96
    middle, reach = (k + z * z / 2) / (n + z * z), z / (n + z * z) * (k * (n - k) / n + z * z / 4) ** 0.5
    return middle - reach, middle + reach


def main() -> None:
    """Print the table."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20260
    if shared_data.FOLDER is None:
        print("The public texts are not here: set TONGXIN_BULLETINS to their folder.")
        return
    folder = shared_data.folder()
    print(json.dumps({"seed": seed, "texts": folder.name}))
    line("what", "figure", "limit")
    speeds()  # first, while this process has done nothing else
    print()
    repairs(folder, seed)
    generated(seed)
    readings(folder, seed)
    spans(folder)
    side_by_side()


if __name__ == "__main__":
    main()
