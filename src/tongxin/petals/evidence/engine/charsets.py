"""Decodes bytes without losing one, and maps code points to bytes and back."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cache

from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.engine.tables import language, simplified
from tongxin.shared.phrases import phrase

DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAME = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb-2312": "gb18030",
    "utf8": "utf-8",
    "big5-hkscs": "big5hkscs",
}
SURE = 0.85  # share of common characters with which a charset is the right one
STEP = 512
BAD = 0xDC00  # a byte that means nothing is kept as this plus its value
KEPT = re.compile("[\udc00-\udcff]")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def _keep(error: UnicodeError) -> tuple[str | bytes, int]:
    """Keep bytes that mean nothing one by one, so that they can be written back."""
    if isinstance(error, UnicodeDecodeError):
        return "".join(chr(BAD + b) for b in error.object[error.start : error.end]), error.end
    if isinstance(error, UnicodeEncodeError):
        points = [ord(c) - BAD for c in error.object[error.start : error.end]]
        if all(0 <= p <= 0xFF for p in points):
            return bytes(points), error.end
    raise error


codecs.register_error("tongxin-keep", _keep)


@dataclass(slots=True)
class Decoded:
    """A text with the charset it was read by, and where its code points stand among the bytes."""

    text: str
    charset: str
    skipped: int = 0  # bytes before the text: a byte order mark
    _marks: list[int] = field(default_factory=list, repr=False)

    def byte_at(self, place: int) -> int:
        """Return the offset in bytes of a code point."""
        if not self._marks:
            at = self.skipped
            for start in range(0, len(self.text) + 1, STEP):
                self._marks.append(at)
                at += len(self._bytes(self.text[start : start + STEP]))
        place = min(max(place, 0), len(self.text))
        near = place // STEP
        return self._marks[near] + len(self._bytes(self.text[near * STEP : place]))

    def place_at(self, offset: int) -> int:
        """Return the code point at, or around, an offset in bytes."""
        self.byte_at(0)
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.byte_at(middle) <= offset:
                low = middle
            else:
                high = middle - 1
        return low

    def encoded(self) -> bytes:
        """Return the bytes of the text, as they were."""
        return self._bytes(self.text)

    def _bytes(self, text: str) -> bytes:
        return text.encode(self.charset, "tongxin-keep")


@cache
def _common() -> frozenset[str]:
    """Return the characters of which a text is made: common ones, those that simplify to one, ASCII, marks."""
    common = language().common
    others = {c for c, plain in simplified().items() if plain in common}
    plain = {c for c in common if simplified().get(c, c) in common}
    return frozenset(
        others | plain | set(map(chr, range(0x20, 0x7F))) | set("\n\r\t，。、；：“”《》（）！？—·…　％")
    )


def _worth(text: str) -> float:
    """Return how much of a text is common Chinese or plain ASCII, 0 to 1."""
    sample = text[:4000]
    return sum(map(_common().__contains__, sample)) / max(1, len(sample))


def _wide(data: bytes) -> Decoded | None:
    """Return the text of bytes in UTF-16 without a mark; of Chinese text few bytes are noughts."""
    for order in ("utf-16-le", "utf-16-be"):
        sample = data[:4096].decode(order, "tongxin-keep")
        if len(KEPT.findall(sample)) <= 1 and _worth(sample) > 0.7:
            return Decoded(data.decode(order, "tongxin-keep"), order)
    return None


def _whole(data: bytes, said: str) -> Decoded | None:
    """Return the text of bytes that all mean something: in UTF-8, or as Chinese in the charset told or in GBK."""
    for charset in ("utf-8", said, "gb18030"):
        try:
            text = data.decode(charset) if charset else ""
        except (LookupError, UnicodeError):
            continue
        if charset == "utf-8" or (_worth(text) > SURE and text.encode(charset) == data):
            return Decoded(text, charset)
    return None


def decode(data: bytes, name: str = "", declared: str = "") -> Decoded:
    """Return the text of bytes. Raises Unreadable for what is no text, or in a charset that is not known."""
    for mark, charset in BOMS:
        if data.startswith(mark):
            plain = charset.removesuffix("-sig")
            return Decoded(data[len(mark) :].decode(plain, "tongxin-keep"), plain, len(mark))
    sample = data[:65536]
    zeros = sample.count(0)
    wide = _wide(data) if zeros or len(CONTROL.findall(sample)) > len(sample) * 0.02 else None
    if wide is not None:
        return wide
    if zeros or len(CONTROL.findall(sample)) > len(sample) * 0.02:
        raise Unreadable(
            "binary",
            phrase("{name}: these bytes are no text.", name=name),
            phrase("Give txt, html, docx or a PDF with text."),
        )
    said = declared or (m[1].decode() if (m := DECLARED.search(data[:4096])) else "")
    said = SAME.get(said.lower(), said.lower())
    whole = _whole(data, said)
    if whole is not None:
        return whole
    tries = [c for c in (said, "utf-8", "gb18030", "big5hkscs") if c]
    best: tuple[float, str, str] = (-1.0, "", "")
    for charset in dict.fromkeys(tries):
        try:
            text = data.decode(charset, "tongxin-keep")
        except (LookupError, UnicodeError):
            continue
        bad = len(KEPT.findall(text))
        if charset == "utf-8" and not bad:
            return Decoded(text, charset)
        worth = (
            _worth(text)
            - 4.0 * (0 if bad <= 2 else bad) / max(1, len(text))
            + (0.05 if charset == said else 0.0)
        )
        if worth > best[0] and text.encode(charset, "tongxin-keep") == data:
            best = (worth, charset, text)
    if best[0] < 0.3 and (wide := _wide(data)) is not None:
        return wide
    if best[0] < 0.3 and data:
        raise Unreadable(
            "charset",
            phrase("{name}: the charset is not known.", name=name),
            phrase("Save it as UTF-8 or GB 18030."),
        )
    return Decoded(best[2], best[1] or "utf-8")
