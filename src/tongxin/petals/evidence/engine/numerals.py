"""Reads numbers as bulletins write them: 1.2万, 14000多, 近千, 十万亿, 七成, 三分之一, 1—1.5."""

from __future__ import annotations

from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "半": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
BIG = {"万": 10**4, "亿": 10**8, "兆": 10**12}


def size(word: str) -> int:
    """Return what a row of 十 百 千 万 亿 multiplies: 万亿 is 10¹², 百万 10⁶."""
    times = 1
    for c in word:
        times *= TENS.get(c) or BIG.get(c) or 1
    return times


def chinese(word: str) -> int:
    """Return the value of Chinese numerals; a word that begins with its size means one of it: 千 is 1000."""
    total = section = digit = 0
    for c in word:
        if c in DIGITS:
            digit = digit * 10 + DIGITS[c] if digit and c != "零" else DIGITS[c]
        elif c in TENS:
            section += (digit or 1) * TENS[c]
            digit = 0
        elif c in BIG:
            section += digit
            if section == 0 and total:
                total *= BIG[c]
            else:
                total += (section or 1) * BIG[c]
            section = digit = 0
    return total + section + digit


def plain(value: Decimal) -> str:
    """Return a number without exponent and without zeros at its end."""
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def value_of(digits: str, sizes: str = "", times: str = "1") -> str:
    """Return digits times their size and their unit's, exactly, as plain text."""
    digits = digits.replace(",", "").replace("，", "")
    if times == "1" and digits.isdecimal():
        return str(int(digits) * size(sizes))
    return plain(Decimal(digits) * size(sizes) * Decimal(times))
