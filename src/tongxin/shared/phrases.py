"""Sentences of engines, which know no Django: English as they stand, said in a reader's language when shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Phrase(str):
    """A sentence in English that remembers its pattern and the values in it; it may go to another process."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, Any]


def phrase(pattern: str, /, **values: Any) -> Phrase:
    """Return a sentence: `{name}` in the pattern is a value, which may be a sentence itself."""
    made = Phrase(pattern.format(**values))
    made.pattern, made.values = pattern, values
    return made


def in_words(
    text: object, translate: Callable[[str], str], named: Callable[[Phrase], str | None] = lambda _told: None
) -> str:
    """Return a sentence as `translate` has its pattern; other text as it is. `named` may know a word's own name."""
    if not isinstance(text, Phrase):
        return str(text)
    if (name := named(text)) is not None:
        return name
    values = {n: in_words(v, translate, named) if isinstance(v, str) else v for n, v in text.values.items()}
    return translate(text.pattern).format(**values)
