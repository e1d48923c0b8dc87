"""Writes of cases: the only ones. Each is one act: one transaction, its ledger entry last."""

from tongxin.heart.cases.actions.deciding import OUTCOMES, decide
from tongxin.heart.cases.actions.filing import accept_case, file_case, load_procedure
from tongxin.heart.cases.actions.handing import offer, recall, return_over, take_over
from tongxin.heart.cases.actions.parts import MAX_TEXT

__all__ = [
    "MAX_TEXT",
    "OUTCOMES",
    "accept_case",
    "decide",
    "file_case",
    "load_procedure",
    "offer",
    "recall",
    "return_over",
    "take_over",
]
