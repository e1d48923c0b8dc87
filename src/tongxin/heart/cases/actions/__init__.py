"""Writes of cases: the only ones. Each is one act: one transaction, its ledger entry last."""

from tongxin.heart.cases.actions.applying import applicant_at, apply, check, key_of, make_slip
from tongxin.heart.cases.actions.assigning import WORKS, give, may_table, put_back, take
from tongxin.heart.cases.actions.bulking import begin, carry_on, run
from tongxin.heart.cases.actions.consenting import give_consent, withdraw_consent
from tongxin.heart.cases.actions.corresponding import (
    RATED,
    STARS,
    answer,
    complaints_desk,
    rate,
    supply,
    tell,
    write,
)
from tongxin.heart.cases.actions.deciding import OUTCOMES, decide, supersede
from tongxin.heart.cases.actions.disputing import name_holder
from tongxin.heart.cases.actions.ending import close, not_accept, void, withdraw
from tongxin.heart.cases.actions.exporting import LANGUAGES as FILE_LANGUAGES
from tongxin.heart.cases.actions.exporting import export_file
from tongxin.heart.cases.actions.filing import accept_case, file_case, load_procedure
from tongxin.heart.cases.actions.handing import offer, recall, return_over, take_over
from tongxin.heart.cases.actions.joining import ANSWERS, answer_joint, put_joint
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
from tongxin.heart.cases.actions.reviewing import REVIEW_OUTCOMES, conclude, review
from tongxin.heart.cases.actions.silence import call_offices
from tongxin.heart.cases.actions.stopping import resume, suspend
from tongxin.heart.cases.actions.texts import WRITES as WRITES_TEXTS
from tongxin.heart.cases.actions.texts import change_text, drop_text, load_notice
from tongxin.heart.cases.actions.viewing import change_view, delete_view, save_view

__all__ = [
    "ANSWERS",
    "FILE_LANGUAGES",
    "MAX_TEXT",
    "NOT_TAKEN",
    "OUTCOMES",
    "RATED",
    "REVIEW_OUTCOMES",
    "STARS",
    "WORKS",
    "WRITES_TEXTS",
    "accept_case",
    "add_paper",
    "answer",
    "answer_joint",
    "applicant_at",
    "apply",
    "begin",
    "call_offices",
    "carry_on",
    "change_text",
    "change_view",
    "check",
    "check_may_add_paper",
    "close",
    "complaints_desk",
    "conclude",
    "decide",
    "delete_view",
    "drop_text",
    "export_file",
    "file_case",
    "give",
    "give_consent",
    "hand_out",
    "key_of",
    "load_notice",
    "load_procedure",
    "make_slip",
    "may_add_paper",
    "may_table",
    "name_holder",
    "not_accept",
    "offer",
    "put_back",
    "put_joint",
    "rate",
    "recall",
    "resume",
    "return_over",
    "reuse_paper",
    "review",
    "run",
    "save_view",
    "supersede",
    "supply",
    "suspend",
    "take",
    "take_in",
    "take_over",
    "tell",
    "void",
    "withdraw",
    "withdraw_consent",
    "write",
]
