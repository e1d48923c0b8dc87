"""Writes of agreements: the only ones. Each is one act: one transaction, its ledger entry last."""

from tongxin.heart.agreements.actions.agenda import settle_agenda_item
from tongxin.heart.agreements.actions.closing import close_matter
from tongxin.heart.agreements.actions.drafting import change_draft, discard_draft, draft
from tongxin.heart.agreements.actions.ending import leave, propose_ending, sign_ending, withdraw_leaving
from tongxin.heart.agreements.actions.instruments import load_instrument
from tongxin.heart.agreements.actions.judging import (
    accept,
    excuse,
    give_up,
    perform,
    propose_date,
    resume,
    send_back,
    suspend,
)
from tongxin.heart.agreements.actions.merging import answer_merge, propose_merge
from tongxin.heart.agreements.actions.milestones import report_milestone
from tongxin.heart.agreements.actions.reporting import compute, correct, object_to, report, withdraw
from tongxin.heart.agreements.actions.ruling import settle_conflict
from tongxin.heart.agreements.actions.signing import (
    confirm_law,
    enter_law,
    propose,
    refuse_to_sign,
    sign,
)
from tongxin.heart.agreements.actions.silences import answer_silence
from tongxin.heart.agreements.actions.standing_down import stand_down
from tongxin.heart.agreements.actions.telephoning import heard, tell_by_telephone
from tongxin.heart.agreements.actions.telling import CARRIED_MAX, confirm, tell
from tongxin.heart.agreements.actions.warning import warn

__all__ = [
    "CARRIED_MAX",
    "accept",
    "answer_merge",
    "answer_silence",
    "change_draft",
    "close_matter",
    "compute",
    "confirm",
    "confirm_law",
    "correct",
    "discard_draft",
    "draft",
    "enter_law",
    "excuse",
    "give_up",
    "heard",
    "leave",
    "load_instrument",
    "object_to",
    "perform",
    "propose",
    "propose_date",
    "propose_ending",
    "propose_merge",
    "refuse_to_sign",
    "report",
    "report_milestone",
    "resume",
    "send_back",
    "settle_agenda_item",
    "settle_conflict",
    "sign",
    "sign_ending",
    "stand_down",
    "suspend",
    "tell",
    "tell_by_telephone",
    "warn",
    "withdraw",
    "withdraw_leaving",
]
