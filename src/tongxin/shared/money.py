"""Money: whole fen in code, yuan with two decimals for people; never a binary fraction."""

from __future__ import annotations

import re
from decimal import Decimal

from tongxin.shared.named import pick

YUAN = re.compile(r"(?P<sign>[-−]?)(?P<yuan>\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(?P<part>\d{1,2}))?", re.ASCII)


def fen(yuan: str) -> int:
    """Return the whole fen of an amount in yuan as people write it. Raises ValueError for what is none.

    >>> fen("1,234.5"), fen("-0.05"), fen("12")
    (123450, -5, 1200)
    """
    found = YUAN.fullmatch(yuan.strip())
    if found is None:
        raise ValueError(f"{yuan!r} is no amount in yuan; write for example 1,234.50")
    whole = int(found["yuan"].replace(",", "")) * 100 + int((found["part"] or "").ljust(2, "0") or 0)
    return -whole if found["sign"] else whole


def plain(fen: int) -> str:
    """Return an amount in yuan for an input: two decimals, nothing else.

    >>> plain(-5), plain(123450)
    ('-0.05', '1234.50')
    """
    return f"{Decimal(fen) / 100:.2f}"


def words(fen: int) -> str:
    """Return an amount in yuan in the reader's language: `12.50元`, `CNY 12.50`; a true minus before it."""
    said = f"{Decimal(fen) / 100:,.2f}".replace("-", "−")
    return pick(f"{said}元", f"CNY {said}")  # not ui
