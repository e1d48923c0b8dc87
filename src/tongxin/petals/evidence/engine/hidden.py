"""Proposes the words that a gateway shows as `&&`, from what stands before and after."""

from __future__ import annotations

import re
from functools import cache

from tongxin.petals.evidence.engine.edits import Edit
from tongxin.petals.evidence.engine.tables import language, rows

# Below this one guess in three is wrong, above it one in twenty-five: such a word is kept out of names.
SURE = 0.55
SHOWN = re.compile("&&+")
WIDE = str.maketrans(
    ",:;!?()", "，：；！？（）"
)  # gateways write narrow marks; the cues are told with wide ones


@cache
def _cues() -> list[tuple[str, list[str], list[str]]]:
    return [(r["word"], r["before"].split(), r["after"].split()) for r in rows("hidden_words.csv")]


def _worth(text: str, start: int, end: int, word: str, before: list[str], after: list[str]) -> float:
    left = max((len(cue) for cue in before if text.endswith(cue, 0, start)), default=0)
    right = max((len(cue) for cue in after if text.startswith(cue, end)), default=0)
    model = language()
    first = model.pair(text[start - 1], word[0]) if start else -6.0
    last = model.pair(word[-1], text[end]) if end < len(text) else -6.0
    return 2.0 * left + 2.0 * right + 0.6 * (first + last)


def words(text: str) -> list[Edit]:
    """Return an edit for each hidden word: the likeliest, with how far it is from the next."""
    if "&&" not in text:
        return []
    text = text.translate(WIDE)
    edits = []
    for match in SHOWN.finditer(text):
        ranked = sorted(
            ((_worth(text, match.start(), match.end(), *cue), cue[0]) for cue in _cues()), reverse=True
        )
        gap = ranked[0][0] - ranked[1][0]
        sure = round(min(0.95, 0.4 + gap / 12), 2)
        edits.append(
            Edit(match.start(), match[0], ranked[0][1], "hidden word", sure, "proposed from context")
        )
    return edits
