"""A QR code made here, as the path of an SVG: no service is asked, no file is written."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from django.conf import settings
from django.urls import reverse

QUIET = 4  # modules of white around, as ISO/IEC 18004 asks


@dataclass(frozen=True)
class Code:
    """A code: how many modules wide with its quiet zone, and the path of the dark ones."""

    size: int
    path: str


def code(text: str) -> Code:
    """Return the code of a text."""
    made = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    made.add_data(text)
    made.make(fit=True)
    rows = made.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Code(len(rows), path)


def track_address(number: str = "") -> str:
    """Return the address at which a slip is opened; with the case's number, never with its secret."""
    at = f"{settings.ORIGIN}{reverse('track')}"
    return f"{at}?number={number}" if number else at
