"""Writes of agreements: the only ones. Each is one act: one transaction, its ledger entry last."""

from tongxin.heart.agreements.actions.instruments import load_instrument
from tongxin.heart.agreements.actions.judging import (
    accept,
    answer_silence,
    excuse,
    give_up,
    perform,
    propose_date,
    resume,
    send_back,
    suspend,
)
from tongxin.heart.agreements.actions.reporting import (
    answer_merge,
    close_matter,
    compute,
    correct,
    object_to,
    propose_merge,
    report,
    withdraw,
)
from tongxin.heart.agreements.actions.ruling import settle_conflict
from tongxin.heart.agreements.actions.telling import (
    CARRIED_MAX,
    confirm,
    heard,
    stand_down,
    tell,
    tell_by_telephone,
)

__all__ = [
    "CARRIED_MAX",
    "accept",
    "answer_merge",
    "answer_silence",
    "close_matter",
    "compute",
    "confirm",
    "correct",
    "excuse",
    "give_up",
    "heard",
    "load_instrument",
    "object_to",
    "perform",
    "propose_date",
    "propose_merge",
    "report",
    "resume",
    "send_back",
    "settle_conflict",
    "stand_down",
    "suspend",
    "tell",
    "tell_by_telephone",
    "withdraw",
]
