"""Chooses the element of a page that holds its body, and what a page folds away that belongs to it."""

from __future__ import annotations

from collections import Counter

from tongxin.petals.evidence.engine.html_boxes import OTHER, Box, Shown, look

FOLDED = 15.0  # running text of a hidden part that a page unfolds
LEAST = 15.0  # running text under a title
FIRST = 1.5  # how much more the first text under a title counts
ITEMS = frozenset(["div", "li", "dl", "tr", "section", "article", "table", "blockquote"])
SEVERAL = 3  # items of one kind
ONLY = 40.0  # running text of a hidden part, on a page that shows none


def opened(text: str) -> Shown:
    """Return what a page is made of; what it folds away until a reader asks for it, or a script shows it, is shown."""
    shown = look(text)
    whole = shown.boxes[0]
    if whole.folded < FOLDED or not (shown.unfolds or sum(r[2] for r in shown.runs) < FOLDED):
        return shown
    least = FOLDED if shown.unfolds else ONLY
    folds = [b for b in shown.boxes if b.own and not shown.boxes[b.parent].hidden and b.folded >= least]
    if not folds:
        return shown
    return look(text, frozenset(b.outer for b in folds))


def chosen(shown: Shown, title: int = 0) -> int:
    """Return the number of the box that holds the body. `title`: where it stands; what is over it hardly counts."""
    boxes = shown.boxes
    _weigh(shown, title)

    def worth(i: int) -> float:
        box = boxes[i]
        if box.hidden:
            return -1.0
        return (box.prose - 0.5 * box.linked) * (0.3 if box.aside else 1.25 if box.body else 1.0)

    best = max(range(len(boxes)), key=worth)
    return _with_sisters(boxes, best)


def _weigh(shown: Shown, title: int) -> None:
    """Give each box the running text in it; that over the title, and in items of one kind, hardly counts."""
    boxes = shown.boxes
    _find_items(boxes)
    under = sum(worth for place, _box, worth in shown.runs if place >= title)
    title = title if under >= LEAST else 0
    first = title > 0
    for place, at, told in shown.runs:
        worth = told * (OTHER if boxes[at].item or place < title else 1.0)
        if first and place >= title and told > LEAST / 2:
            first, worth = False, worth * FIRST
        aside = boxes[at].aside
        boxes[at].running += 0.0 if aside else worth
        share = 1.0
        while at >= 0 and share > 0.2 and boxes[at].aside == aside:
            boxes[at].prose += worth * share
            at, share = boxes[at].parent, share * 0.62
    for box in reversed(boxes[1:]):
        boxes[box.parent].running += box.running


def _find_items(boxes: list[Box]) -> None:
    """Mark the boxes of one kind, side by side, that begin with a link each, and all inside them."""
    kinds = Counter((b.parent, b.name, b.labels) for b in boxes if b.led and b.name in ITEMS)
    for box in boxes[1:]:
        box.item = boxes[box.parent].item or (
            bool(box.led) and kinds[box.parent, box.name, box.labels] >= SEVERAL
        )


def _is_paragraph(boxes: list[Box], number: int) -> bool:
    """Whether a box holds no other with text, but for one around all of it: its text is one paragraph or a few."""
    while number + 1 < len(boxes) and boxes[number + 1].parent == number:
        if boxes[number + 1].length != boxes[number].length:
            return False
        number += 1
    return True


def _is_text(boxes: list[Box], number: int) -> bool:
    """Whether the box around one is made of boxes of its kind, without links: paragraphs, though short ones."""
    inner = boxes[number]
    around = boxes[inner.parent]
    sisters = [b for b in boxes[inner.parent + 1 :] if b.parent == inner.parent and b.outer < around.end]
    return (
        around.name not in ("", "body", "form", "table", "tr")
        and len(sisters) > 1
        and around.linked == 0
        and all((b.name, b.labels) == (inner.name, inner.labels) for b in sisters if b.length)
        and around.length == sum(b.length for b in sisters)
    )


def _with_sisters(boxes: list[Box], number: int) -> int:
    """Return the box around, where paragraphs stand in boxes of their own: much running text beside, few links."""
    while (up := boxes[number].parent) >= 0:
        inner, around = boxes[number], boxes[up]
        if around.length == inner.length or (_is_paragraph(boxes, number) and _is_text(boxes, number)):
            number = up  # a box around it alone; one of several paragraphs
            continue
        if inner.aside and not around.aside:
            return number
        beside = around.running - inner.running
        links = around.linked - inner.linked
        least = 1.0 if around.name in ("", "body", "form", "table") else 0.3
        if beside < least * inner.running or links > beside + 60:
            return number
        number = up
    return number
