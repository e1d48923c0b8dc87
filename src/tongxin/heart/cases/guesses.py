"""What strangers try is counted (`shared/tries`), so that guessing is slow and no address floods a desk.

Secrets are counted by address alone, and have 80 bits: nobody can lock another out of a case or a draft.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import Guess
from tongxin.shared import tries
from tongxin.shared.tries import Door
from tongxin.shared.writing import writing

SLIP = Door("slip", 5, None, 60)  # a secret has 80 bits; this keeps the noise out
DRAFT = Door("draft", 10, None, 10)  # the name is the secret's hash: what counts is the address
APPLY = Door("apply", 60, None, 60)  # forms sent from one address, looked over or for good
UPLOAD = Door("upload", 20, 20, 40)  # pieces of HEAVY bytes that one form, and one address, may leave here
HEAVY = 10 * 2**20
WRITE = Door("write", 20, 20, 60)  # what is written about one case


class TooMany(tries.TooMany):
    """Too many tries of a stranger; says until when (429)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "too_many",
            until,
            _("Too many tries from here. It goes on at %(at)s (%(minutes)s min)."),
            kept=_("Nothing was changed; what is under way goes on."),
            todo=_("Wait until then, or go to a window of the office."),
        )


@dataclass
class Try:
    """One try that is being checked."""

    row: Guess

    def right(self) -> None:
        """Strike the try out with the earlier ones on this name from this address: it was right."""
        with writing("cases.guess right"):
            tries.strike(self.row)


def begin(door: Door, name: str, request: HttpRequest) -> Try:
    """Write a try down, or raise TooMany; a try while it is slowed down does not prolong that."""
    with writing("cases.guess"):
        row, until = tries.count(Guess, door, name, request)
    if until is not None:
        raise TooMany(until)
    return Try(row)


def weigh(size: int, seal: str, request: HttpRequest) -> None:
    """Count files of `size` bytes that a stranger sends with a form, before they are kept.

    `seal`: the key of the form's seal. Raises TooMany for too much of it, with one form or from one address.
    """
    for _piece in range(math.ceil(size / HEAVY)):
        begin(UPLOAD, seal, request)
