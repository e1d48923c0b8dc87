"""What the engine says of an input that it cannot take: one sentence, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tongxin.shared.phrases import phrase

SHOWN = 8  # words that are told where none is near


class Fault(ValueError):
    """An input that cannot be taken. `code` is stable, for machines; `where` names file, row or key."""

    def __init__(self, code: str, what: str, *, mend: str = "", where: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.mend = mend
        self.where = where

    def __str__(self) -> str:
        """Return place, sentence and mend in one line."""
        return " ".join(
            part for part in (f"{self.where}:" if self.where else "", self.what, self.mend) if part
        )


def nearest(word: str, known: Iterable[str], like: float = 0.55) -> str:
    """Return which known word is nearest to one that is not known; without a near one some that there are.

    `like`: how like (0–1) a near one has to be; above 0.6 nothing else is told.
    """
    by_fold = {k.casefold(): k for k in (sorted(known) if isinstance(known, (set, frozenset)) else known)}
    found = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=like)
    if found:
        return phrase("The nearest is {name}.", name=repr(by_fold[found[0]]))
    if like > 0.6 or not by_fold:
        return ""
    some = ", ".join([*by_fold.values()][:SHOWN]) + (", …" if len(by_fold) > SHOWN else "")
    return phrase("There are: {names}.", names=some)
