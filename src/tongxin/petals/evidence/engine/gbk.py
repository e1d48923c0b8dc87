"""Undoes a replacement of bytes in GBK that did not respect character borders.

A mirror put `(reading)` behind the bytes of traditional characters wherever these two bytes stood, also where they
are the last byte of one character and the first of the next. Its decoder then met a first byte followed by `(`, wrote
`?` for both, and read all that follows one byte late, up to the next single byte. The bytes are all known but the lost
first one, and that is known from the reading: the inserted key was (last byte before, lost byte), a character with
this reading. We go back to bytes, try each such character, decode, and let the language choose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from tongxin.petals.evidence.engine.tables import language, reading_of, readings, simplified

LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹɡɑ"
READING = re.compile(rf"\(([{LETTERS}]{{1,6}})\)")
LOST = re.compile(rf"\?([{LETTERS}]{{1,6}})\)")
# What the gateway wrote as one byte although it was two.
WIDE = {
    ",": b"\xa3\xac",
    ":": b"\xa3\xba",
    ";": b"\xa3\xbb",
    "!": b"\xa3\xa1",
    "?": b"\xa3\xbf",
    "(": b"\xa3\xa8",
    ")": b"\xa3\xa9",
}
KEPT = 60  # guesses that go on
WIDE_OPEN = 800  # the same behind two lost bytes, until the next character says more
LOOK = 6  # characters in step again before the guesses are compared
COUNTED = "个個家項项條条多余餘年月日萬万億亿.%％"
EVERY = frozenset(range(0x81, 0xFF))
GONE = "\ufffd"  # one character that cannot be computed


@lru_cache(maxsize=65536)
def two_bytes(character: str) -> bytes | None:
    """Return the two bytes of a character in GBK (private use as in GB18030), or None where it has not two."""
    wide = WIDE.get(character)
    if wide:
        return wide
    for charset in ("gbk", "gb18030"):
        try:
            code = character.encode(charset)
        except UnicodeEncodeError:
            continue
        if len(code) == 2:
            return code
    return None


@lru_cache(maxsize=65536)
def joined(first: int, last: int) -> str | None:
    """Return the character of two bytes, or None where GBK has none."""
    try:
        return bytes((first, last)).decode("gbk")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=4096)
def lost_bytes(before: int, reading: str) -> tuple[tuple[int, float], ...]:
    """Return the bytes that may be lost after `before` by a key with this reading, with what each costs."""
    first, also = readings().get(reading.replace("ɡ", "g").replace("ɑ", "a"), ("", ""))
    table = simplified()
    found: dict[int, float] = {}
    for characters, cost in ((first, 0.0), (also, 4.0)):
        for character in characters:
            code = two_bytes(character)
            if code and code[0] == before:
                price = cost + (0.0 if character in table or character in "驅驗雲數關實" else 5.0)
                found[code[1]] = min(price, found.get(code[1], 99.0))
    return tuple(found.items())


@cache
def undefined_after() -> dict[int, tuple[int, ...]]:
    """Return of each byte the bytes with which it makes no character in GBK."""
    return {
        first: tuple(last for last in range(0x81, 0xFF) if joined(first, last) is None)
        for first in range(0x81, 0xFF)
    }


@lru_cache(maxsize=256)
def starting_with(first: int) -> tuple[tuple[int, str], ...]:
    found = ((last, joined(first, last)) for last in range(0x40, 0xFF))
    return tuple(
        (last, c)
        for last, c in found
        if c is not None and (c in reading_of() or c in "，。、；：“”《》（）！？—…·")
    )


class Guess(NamedTuple):
    """One way to read on: what it wrote, the first byte that waits for its second (None: in step), its worth."""

    text: str
    waiting: int | None
    worth: float
    last: str  # the last character, simplified
    place: int = 0  # where it came in step again
    length: int = 0  # how much it had written there


@dataclass(frozen=True, slots=True)
class Zone:
    """A half-lost place: `start` to `end` of the text becomes `text`; `sure` by how far the next guess is."""

    start: int
    end: int
    text: str
    sure: float
    lost_digits: bool = False


def _write(guess: Guess, character: str, waiting: int | None, cost: float = 0.0) -> Guess:
    plain = simplified().get(character, character)
    worth = guess.worth + language().pair(guess.last, plain) - cost
    return Guess(guess.text + character, waiting, worth, plain, guess.place, guess.length)


def _in_step(guess: Guess, place: int) -> Guess:
    return guess._replace(place=place, length=len(guess.text)) if guess.waiting is None else guess


def _known(guess: Guess, character: str) -> Guess | None:
    """Read on one character whose bytes are known."""
    if guess.waiting is None:
        return _write(guess, character, None)
    point = ord(character)
    if character == "€" or 0x40 <= point <= 0x7E:
        made = joined(guess.waiting, 0x80 if character == "€" else point)
        return _write(guess, made, None) if made else None
    code = two_bytes(character)
    made = joined(guess.waiting, code[0]) if code else None
    return _write(guess, made, code[1]) if made and code else None


def _keyed(guess: Guess, before: str, reading: str) -> list[Guess]:
    """Read on a `?reading)`: in step it loses the first byte of a character, else it ends one."""
    if guess.waiting is None:
        code = two_bytes(before)
        lost = lost_bytes(code[1], reading) if code else ()
        return [guess._replace(waiting=byte, worth=guess.worth - cost) for byte, cost in lost]
    pairs = [(joined(guess.waiting, last), cost) for last, cost in lost_bytes(guess.waiting, reading)]
    return [_write(guess, made, None, cost) for made, cost in pairs if made]


def _lost(guess: Guess, text: str, end: int) -> list[Guess]:
    """Read on a `?` without a reading: a last byte with a single byte, or two bytes that make no character."""
    if guess.waiting is None:
        return [_write(guess, "?", None)]
    then = text[end : end + 1]
    found: list[Guess] = []
    mark = joined(guess.waiting, 0xA3)
    if mark:
        found.append(_write(guess, mark, 0xBF))
    one_byte = then in ("\n", "") or then.isdigit() or then in ".%％" or "\u4e00" <= then <= "\u9fff"
    if one_byte:
        eaten, cost = (
            ("\n", 3.0)
            if then in ("\n", "")
            else (GONE, 4.0 if then.isdigit() else 5.0 if then in COUNTED else 10.0)
        )
        ends = sorted(
            (_write(guess, c, None) for _last, c in starting_with(guess.waiting)), key=lambda x: -x.worth
        )
        for e in ends[:6]:
            worth = e.worth - cost + (language().pair(e.last, eaten) if eaten == "\n" else 0.0)
            found.append(e._replace(text=e.text + eaten, last="\n", worth=worth))
    follows = _follows(text, end)
    for last, made in starting_with(guess.waiting) if follows else ():
        one = _write(guess, made, None)
        found += [
            one._replace(waiting=first, worth=one.worth - 3.0)
            for first in (undefined_after().get(last) or ())
            if first in follows
        ]
    return found


def _follows(text: str, end: int) -> frozenset[int]:
    """Return which first bytes can stand before what follows."""
    keyed = LOST.match(text, end)
    if keyed:
        return frozenset(b for b in range(0x81, 0xFF) if lost_bytes(b, keyed[1]))
    then = text[end : end + 1]
    if then == "?":
        return EVERY
    if not then:
        return frozenset()
    point = ord(then)
    if then == "€" or 0x40 <= point <= 0x7E:
        return frozenset(b for b in range(0x81, 0xFF) if joined(b, 0x80 if then == "€" else point))
    code = two_bytes(then)
    return frozenset(b for b in range(0x81, 0xFF) if joined(b, code[0])) if code else frozenset()


def zone(text: str, at: int) -> Zone | None:
    """Return the half-lost place whose `?reading)` stands at `at`, undone, or None where no way leads out of it.

    Every guess reads on to the same place, also those that are in step again, so that their worths compare.
    """
    if at == 0 or LOST.match(text, at) is None:
        return None
    prior = simplified().get(text[at - 1], text[at - 1])
    guesses = [Guess("", None, 0.0, prior)]
    place, stop, before = at, min(len(text), at + 600), text[at - 1]
    while guesses and place < stop:
        if place > at and all(g.waiting is None for g in guesses):
            newest = max(g.place for g in guesses)
            if place - newest >= LOOK or text[place] == "\n":
                break
        keyed, inserted = LOST.match(text, place), READING.match(text, place)
        if keyed:
            end = keyed.end()
            guesses = [_in_step(n, end) for g in guesses for n in _keyed(g, before, keyed[1])]
        elif inserted:
            place = inserted.end()
            continue
        elif text[place] == "?":
            end = place + 1
            guesses = [_moved(g, n, end) for g in guesses for n in _lost(g, text, end)]
        else:
            end = place + 1
            read = ((g, _known(g, text[place])) for g in guesses)
            guesses = [_moved(g, n, end) for g, n in read if n is not None]
        guesses = _best(guesses, WIDE_OPEN if text[place] == "?" and not keyed else KEPT)
        before = text[place]
        place = end
    done = [g for g in guesses if g.waiting is None]
    if not done:
        return None
    best = done[0]
    other = next((g for g in done[1:] if g.text != best.text), None)
    gap = best.worth - other.worth if other else 12.0
    sure = round(min(0.999, max(0.5, 1 - 2.0 ** (-gap - 1))), 3)
    written = best.text[: best.length]
    eaten = GONE in written or (text[best.place - 1] == "?" and text[best.place : best.place + 1].isdigit())
    return Zone(at, best.place, written.replace(GONE, ""), sure, eaten)


def _moved(old: Guess, new: Guess, place: int) -> Guess:
    """Note where a guess came in step: a guess that was in step before stays where it was."""
    return new if old.waiting is None else _in_step(new, place)


def _best(guesses: list[Guess], limit: int) -> list[Guess]:
    """Return the likeliest, one for each way to go on."""
    seen: dict[tuple[int | None, str, int], Guess] = {}
    for guess in sorted(guesses, key=lambda g: -g.worth):
        seen.setdefault((guess.waiting, guess.last, guess.length), guess)
        if len(seen) >= limit:
            break
    return list(seen.values())


def zones(text: str) -> list[Zone]:
    """Return every half-lost place of a text, undone; those from which no way leads out are left as they are."""
    found: list[Zone] = []
    at = 0
    while match := LOST.search(text, at):
        mended = zone(text, match.start())
        if mended:
            found.append(mended)
            at = mended.end
        else:
            at = match.end()
    return found
