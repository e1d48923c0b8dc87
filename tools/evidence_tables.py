"""Makes the tables of traditional characters, readings and pairs of characters that the reader of bulletins uses.

Sources, with the versions the tables of this repository were made from:
- t2s.csv, t2s_words.csv: OpenCC 1.4.2 (Apache-2.0), its dictionaries TSPhrases and TWVariantsRevPhrases;
- readings.csv: pypinyin 0.55.0 (MIT), for every character of GBK;
- bigrams.txt: counts in public news 2022-2026 (TEXTS, lines of JSON with `title` and `text`, gzip; not in this
  repository) and in the word list of jieba 0.42.1 (MIT), rounded to powers of two.

    python tools/evidence_tables.py [TEXTS.jsonl.gz] [--out FOLDER]      without TEXTS all but the pairs
    python tools/evidence_tables.py [TEXTS.jsonl.gz] --check     says which differs from ours; status 1 if any does
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import math
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

OURS = Path(__file__).resolve().parents[1] / "src/tongxin/petals/evidence/engine/data"
# Forms that gateways write and OpenCC does not take for traditional, or not alone.
MORE = {
    "産": "产", "説": "说", "麽": "么", "裡": "里", "牠": "它", "妳": "你", "祇": "只", "佔": "占", "佈": "布",
    "週": "周", "迴": "回", "陞": "升", "檯": "台", "颱": "台", "菸": "烟", "甦": "苏", "藉": "借",
}  # fmt: skip
WITH_ZHU = (
    "显著 著名 著作 名著 论著 卓著 土著 编著 原著 昭著 专著 巨著 "
    "译著 著述 著称 著者 合著 遗著 拙著 著录 著有 著文 撰著"
)
HAN = "[\u4e00-\u9fff]+"
HEADING = (
    "# first character, its level, then level letter (a = 2, b = 4 …) "
    "and the characters that follow at this level"
)


def characters() -> dict[str, str]:
    """Return the simplified character of each traditional one of the two oldest blocks of Unicode."""
    convert = _opencc("t2s")
    found: dict[str, str] = {}
    for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        simple = convert(chr(point))
        if simple != chr(point) and len(simple) == 1 and simple <= "\uffff":
            found[chr(point)] = simple
    found |= {"著": "着", "瞭": "了"}
    for traditional, simple in MORE.items():
        found.setdefault(traditional, simple)
    return found


def words(table: dict[str, str]) -> dict[str, str]:
    """Return the words that are not simplified character by character."""
    found = {"瞭望": "瞭望"}
    to_simple, to_traditional = _opencc("tw2s"), _opencc("s2tw")
    said = [word for name in ("TSPhrases", "TWVariantsRevPhrases") for word in _phrases(name)]
    # a word of simplified characters alone (反覆) is left as it is
    pairs = [(word, to_simple(word)) for word in said if any(table.get(c, c) != c for c in word)]
    pairs += [(to_traditional(word), word) for word in WITH_ZHU.split()]
    for traditional, simple in pairs:
        plain = "".join(table.get(c, c) for c in traditional)
        if len(traditional) == len(simple) and plain != simple:
            found[traditional] = simple
    return found


def _opencc(how: str) -> Any:
    return importlib.import_module("opencc").OpenCC(how).convert


def _phrases(name: str) -> Iterable[str]:
    """Return the phrases of a dictionary of OpenCC, unpacked by the program that comes with it."""
    home = Path(str(importlib.import_module("opencc").__file__)).parent / "clib"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "phrases.txt"
        tool = [str(home / "bin" / "opencc_dict"), "-f", "ocd2", "-t", "text"]
        packed = home / "share" / "opencc" / f"{name}.ocd2"
        subprocess.run([*tool, "-i", str(packed), "-o", str(out)], check=True, capture_output=True)
        return [line.split("\t")[0] for line in out.read_text(encoding="utf-8").splitlines()]


def readings(table: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return of each reading the characters read so first, and the traditional ones read so as well."""
    pinyin = importlib.import_module("pypinyin")
    tone = pinyin.Style.TONE
    first: dict[str, str] = defaultdict(str)
    also: dict[str, str] = defaultdict(str)
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            character = bytes((high, low)).decode("gbk", "ignore")
            if len(character) != 1 or not "\u3400" <= character <= "\u9fff":
                continue
            usual = pinyin.lazy_pinyin(character, style=tone)[0]
            first[usual] += character
            for other in pinyin.pinyin(character, style=tone, heteronym=True)[0]:
                if other != usual and character in table:
                    also[other] += character
    return {reading: (first[reading], also[reading]) for reading in sorted({*first, *also})}


def bigrams(texts: Path) -> list[str]:
    """Return the lines of the table of pairs: news and words of jieba, the latter weighed down to a sixtieth."""
    pairs: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    with gzip.open(texts, "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            for run in re.findall(HAN, told["title"] + "\n" + told["text"]):
                alone.update(run)
                pairs.update(run[i : i + 2] for i in range(len(run) - 1))
    counts: dict[str, float] = dict(pairs)
    chars: dict[str, float] = dict(alone)
    listed = Path(str(importlib.import_module("jieba").__file__)).parent / "dict.txt"
    for line in listed.read_text(encoding="utf-8").splitlines():
        word, often, _kind = line.split(" ")
        if 2 <= len(word) <= 4 and int(often) >= 20 and re.fullmatch(HAN, word):
            weight = int(often) / 60
            for i in range(len(word) - 1):
                counts[word[i : i + 2]] = counts.get(word[i : i + 2], 0) + weight
            for character in word:
                chars[character] = chars.get(character, 0) + weight
    return [HEADING, *_levels(counts, chars)]


def _levels(counts: dict[str, float], chars: dict[str, float]) -> Iterable[str]:
    follow: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pair, often in counts.items():
        if often >= 1.9:
            follow[pair[0]].append((round(math.log2(often)), pair[1]))
    for character in sorted(follow):
        levels: dict[int, str] = defaultdict(str)
        for level, then in sorted(follow[character]):
            levels[level] += then
        groups = [_letter(level) + levels[level] for level in sorted(levels, reverse=True)]
        yield f"{character}{_letter(round(math.log2(chars[character])))} {' '.join(groups)}"


def _letter(level: int) -> str:
    return chr(96 + max(1, level))


def tables(texts: Path | None) -> dict[str, str]:
    """Return the tables by file name; without texts all but the pairs of characters."""
    table = characters()
    read = readings(table)
    lines = {
        "t2s.csv": ["traditional,simplified", *(f"{a},{table[a]}" for a in sorted(table))],
        "t2s_words.csv": ["traditional,simplified", *(f"{a},{b}" for a, b in sorted(words(table).items()))],
        "readings.csv": [
            "reading,characters,also",
            *(f"{r},{first},{also}" for r, (first, also) in read.items()),
        ],
    }
    if texts is not None:
        lines["bigrams.txt"] = bigrams(texts)
    return {name: "\n".join(each) + "\n" for name, each in lines.items()}


def main() -> int:
    """Write the tables, or compare them with ours."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path, nargs="?", metavar="TEXTS.jsonl.gz")
    parser.add_argument(
        "--out", type=Path, default=OURS, help="the folder to write to (default: the engine's)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, compare with the tables of the engine"
    )
    args = parser.parse_args()
    made = tables(args.texts)
    differ = [name for name, text in made.items() if (OURS / name).read_text(encoding="utf-8") != text]
    if args.check:
        print("differ: " + ", ".join(differ) if differ else "the same bytes: " + ", ".join(made))
        return 1 if differ else 0
    args.out.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (args.out / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
