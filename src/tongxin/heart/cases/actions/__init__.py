"""Writes of cases: the only ones. Each is one act: one transaction, its ledger entry last."""

from tongxin.heart.cases.actions.deciding import OUTCOMES, decide
from tongxin.heart.cases.actions.disputing import name_holder
from tongxin.heart.cases.actions.filing import accept_case, file_case, load_procedure
from tongxin.heart.cases.actions.handing import offer, recall, return_over, take_over
from tongxin.heart.cases.actions.papers import (
    NOT_TAKEN,
    add_paper,
    check_may_add_paper,
    hand_out,
    may_add_paper,
    reuse_paper,
    take_in,
)
from tongxin.heart.cases.actions.parts import MAX_TEXT

__all__ = [
    "MAX_TEXT",
    "NOT_TAKEN",
    "OUTCOMES",
    "accept_case",
    "add_paper",
    "check_may_add_paper",
    "decide",
    "file_case",
    "hand_out",
    "load_procedure",
    "may_add_paper",
    "name_holder",
    "offer",
    "recall",
    "return_over",
    "reuse_paper",
    "take_in",
    "take_over",
]
