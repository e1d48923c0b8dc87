"""Calls the duties of `handle` clauses up while clauses are tried out: a case is filed, accepted and offered."""

from __future__ import annotations

from functools import partial
from typing import Any

from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.coverage import Fired, seat
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import actions, queries
from tongxin.heart.cases.models import Case

# What stands in a field whose signs are checked.
OF_A_KIND = {
    "credit_code": "TRIAL0000000000000",
    "identity_number": "00000000000000000X",
    "whole_number": "0",
}


def fire(row: Clause) -> Fired:
    """Offer a case under a clause: its receiver owes an answer. Raises LookupError when another clause carries it."""
    clause = rulebook.read_clause(row)
    if not isinstance(clause, Handle):
        raise LookupError("only cases are handed over")
    first, second, *_others = row.version.parties
    sender, receiver = seat(f"{first}/{clause.role}"), seat(f"{second}/{clause.role}")
    _row, form = queries.procedure(clause.procedures[0])
    key = f"trial:{row.id}:{Case.objects.read_as('cases.trial').count()}"[:60]
    filed = actions.file_case(
        by=sender,
        key=f"{key}:file",
        procedure=form.procedure,
        decide_at=second,
        applicant={
            each.id: OF_A_KIND.get(each.kind or "", "trial") for each in form.applicant if each.required
        },
        papers=[paper.id for paper in form.papers if paper.required],
    )
    number = str(filed["case"])
    actions.accept_case(by=sender, key=f"{key}:accept", number=number)
    made = actions.offer(by=sender, key=f"{key}:offer", number=number, to_desk=receiver.desk, epoch=0)
    duty = Duty.objects.select_related("clause__version").get(subject=f"answer:{made['offer']}")
    if duty.clause_id != row.id:
        raise LookupError(f"the offer goes by {duty.clause_id}")
    recall = partial(actions.recall, by=sender, key=f"{key}:recall", offer_id=made["offer"])
    decide = partial(_jointly, sender) if form.joint else _alone
    return Fired(
        duty, partial(_decided, decide, receiver, key, made["offer"], number), partial(_done, recall)
    )


def _alone(receiver: Any, key: str, number: str) -> None:
    actions.decide(by=receiver, key=f"{key}:decide", number=number, epoch=1, outcome="granted", reason="")


def _jointly(sender: Any, receiver: Any, key: str, number: str) -> None:
    put = actions.put_joint(
        by=receiver, key=f"{key}:put", number=number, epoch=1, outcome="granted", reason=""
    )
    actions.answer_joint(by=sender, key=f"{key}:answer", joint=put["joint"], answer="agree", reason="")


def _decided(decide: Any, receiver: Any, key: str, offer: str, number: str) -> None:
    actions.take_over(by=receiver, key=f"{key}:take", offer_id=offer)
    decide(receiver, key, number)
    left = Duty.objects.filter(thread=f"case:{number}", state__in=Duty.STANDING)
    if left.exists():
        raise ValueError(f"still owed after the decision: {left[0].subject}")


def _done(act: Any) -> None:
    act()
