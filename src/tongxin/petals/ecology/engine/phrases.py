"""Sentences of the engine: English as they stand, and to be said in a reader's language where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tongxin.shared.phrases import Phrase, phrase
from tongxin.shared.phrases import in_words as said


class Name(Phrase):
    """A name that data gives in several languages; in English text the id stands for it."""

    __slots__ = ()

    def __new__(cls, word: str, names: Mapping[str, str]) -> Name:
        """Return the word, with the names."""
        made = super().__new__(cls, word)
        made.pattern, made.values = word, dict(names)
        return made


# Words for kinds of things that sentences speak of.
KIND_WORDS: dict[str, Name] = {
    "section": Name("section", {"zh": "断面"}),
    "gate": Name("gate", {"zh": "闸"}),
    "station": Name("station", {"zh": "水文站"}),
    "source": Name("source", {"zh": "污染源"}),
    "discharge": Name("discharge", {"zh": "流量"}),
    "stage": Name("stage", {"zh": "水位"}),
    "mass": Name("mass", {"zh": "质量"}),
    "concentration": Name("concentration", {"zh": "浓度"}),
    "time": Name("time", {"zh": "时间"}),
    "length": Name("length", {"zh": "长度"}),
    "flowing": Name("flowing", {"zh": "流动"}),
    "pool": Name("a pool", {"zh": "闸坝蓄水"}),
    "held": Name("held", {"zh": "闸后滞留"}),
    "dry": Name("dry", {"zh": "干涸"}),
    "under_ice": Name("under ice", {"zh": "冰封"}),
    "line": Name("line", {"zh": "行"}),
    "row": Name("row", {"zh": "条"}),
    "feature": Name("feature", {"zh": "要素"}),
    "reach": Name("reach", {"zh": "河段"}),
    "error": Name("error", {"zh": "错误"}),
    "note": Name("note", {"zh": "提示"}),
    "share": Name("share", {"zh": "份额"}),
}


def row_of(path: Path, kind: str, number: int) -> Phrase:
    """Return where in a file something stands: its line, row, feature or reach, by number."""
    return phrase("{file} {kind} {n}", file=path.name, kind=KIND_WORDS[kind], n=number)


def in_words(text: str, translate: Callable[[str], str], language: str = "en") -> str:
    """Return a sentence as `translate` has its pattern, a name in the language (en, zh); other text as it is."""

    def named(told: Phrase) -> str | None:
        if not isinstance(told, Name):
            return None
        return str(told.values.get(language, told)) if language != "en" else str(told)

    return said(text, translate, named)
