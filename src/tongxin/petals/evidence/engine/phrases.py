"""Sentences of the engine: English as they stand, and to be said in a reader's language where they are shown."""

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


def gettext_noop(message: str) -> str:
    """Return a message as it is: it is marked for the translators, and needs no Django for that."""
    return message


def in_words(text: object, translate: Callable[[str], str]) -> str:
    """Return a sentence as `translate` has its pattern; other text as it is."""
    if not isinstance(text, Phrase):
        return str(text)
    values = {n: in_words(v, translate) for n, v in text.values.items()}
    return translate(text.pattern).format(**values)


# What a system says of a file, by the name of its error
TROUBLES = {
    "FileNotFoundError": phrase("No such file or directory"),
    "PermissionError": phrase("Permission denied"),
    "IsADirectoryError": phrase("Is a directory"),
    "NotADirectoryError": phrase("Not a directory"),
}


def why(error: OSError) -> str:
    """Return what the system says of a file that it does not open or write."""
    return TROUBLES.get(type(error).__name__, error.strerror or type(error).__name__)
