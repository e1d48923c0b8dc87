"""The only writes of the ledger: append entries as the last statements of an act's transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Draft:
    """An entry before it has an index: what was done, by which post at which desk, to what, why, on what basis."""

    act: str
    desk: str
    post: str
    subject: str
    at: datetime
    cause: str = ""
    basis: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    proof: dict[str, Any] | None = None  # the actor's own signature, for weighty acts


def append(drafts: list[Draft]) -> list[int]:
    """Append the drafts, in order, to the log of this node; return their indices.

    Must be called inside a transaction, last. Locks the head row, so indices are gap-free.
    """
    raise NotImplementedError
