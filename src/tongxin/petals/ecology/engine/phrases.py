"""Sentences of the engine: English as they stand, and to be said in a reader's language where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Phrase(str):
    """A sentence in English that remembers its pattern and the values in it."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, Any]


def phrase(pattern: str, /, **values: Any) -> Phrase:
    """Return a sentence: `{name}` in the pattern is a value, which may be a sentence itself."""
    made = Phrase(pattern.format(**values))
    made.pattern, made.values = pattern, values
    return made


class Name(Phrase):
    """A name that data gives in several languages; in English text the id stands for it."""

    __slots__ = ()

    def __new__(cls, word: str, names: Mapping[str, str]) -> Name:
        """Return the word, with the names."""
        made = super().__new__(cls, word)
        made.pattern, made.values = word, dict(names)
        return made


# Words for kinds of things that sentences speak of.
KIND_WORDS: dict[str, str] = {
    "section": phrase("section"), "gate": phrase("gate"), "station": phrase("station"), "source": phrase("source"),
    "discharge": phrase("discharge"), "stage": phrase("stage"), "mass": phrase("mass"),
    "concentration": phrase("concentration"), "time": phrase("time"), "length": phrase("length"),
    "flowing": phrase("flowing"), "pool": phrase("a pool"), "held": phrase("held"), "dry": phrase("dry"),
    "under_ice": phrase("under ice"), "line": phrase("line"), "row": phrase("row"), "feature": phrase("feature"),
    "reach": phrase("reach"),
}  # fmt: skip


def row_of(path: Path, kind: str, number: int) -> Phrase:
    """Return where in a file something stands: its line, row, feature or reach, by number."""
    return phrase("{file} {kind} {n}", file=path.name, kind=KIND_WORDS[kind], n=number)


def in_words(text: str, translate: Callable[[str], str], language: str = "en") -> str:
    """Return a sentence as `translate` has its pattern, a name in the language (en, zh); other text as it is."""
    if not isinstance(text, Phrase):
        return str(text)
    if isinstance(text, Name):
        return str(text.values.get(language, text)) if language != "en" else str(text)
    values = {
        n: in_words(v, translate, language) if isinstance(v, str) else v for n, v in text.values.items()
    }
    return translate(text.pattern).format(**values)
