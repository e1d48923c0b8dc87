"""What the states of a case say on its page: suspensions, its end, its decisions and reviews, and the acts in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import crossed, joints, queries, states, words
from tongxin.heart.cases.models import Case, Decision, Joint
from tongxin.heart.cases.procedures import ProcedureFile, form_of


@dataclass(frozen=True)
class Pause:
    """One suspension; `asked` and `facts` are what the applicant was asked for."""

    ground: str
    begins: datetime
    ends: datetime | None
    asked: str
    facts: str


@dataclass(frozen=True)
class Ruling:
    """One decision as a line: `standing` is the one that counts now, `first` the first of all."""

    decision: Decision
    desk: Any
    outcome: Any
    reason: str
    standing: bool
    by_review: str


@dataclass(frozen=True)
class Question:
    """What one desk put to the other for a joint decision, and how that one answered."""

    joint: Joint
    by: Any
    to: Any
    outcome: Any
    reason: str
    state: Any
    answer: str


def parts(row: Case, read: ProcedureFile, *, sees: bool, desk: str = "") -> dict[str, Any]:
    """Return what `_standing.html`, `_joint.html` and `_decisions.html` show, to the desk `desk` where it is named.

    What was written is told only to whom sees the case whole.
    """
    pauses = [
        Pause(
            words.ground(read, p["ground"]),
            datetime.fromisoformat(p["from"]),
            datetime.fromisoformat(p["until"]) if p["until"] else None,
            words.papers(read, p["missing"]) if sees else "",
            p["facts"] if sees else "",
        )
        for p in row.pauses
    ]
    found = queries.decisions(row) if row.state not in BEFORE else []
    under = row.reviewed_decision if row.reviews_id else None
    return {
        "joints": [
            _question(each, sees=sees, desk=desk) for each in (joints.of_case(row) if read.joint else [])
        ],
        "lacks_second": row.holder_id == desk and row.state in states.WORKING and joints.lacks_second(row),
        "pauses": pauses,
        "crossed": crossed.said(row),
        "running": row.state in states.WORKING,
        "ended_ground": _ended_why(row, read),
        "ended_missing": words.papers(read, row.ended_missing) if sees else "",
        "rulings": [_ruling(each, found[-1], sees=sees) for each in found] if found else [],
        "case_reviews": [
            {"case": each, "state": words.state_of(each)}
            for each in (queries.reviews(row) if found or row.state in BEFORE_REVIEWED else [])
        ],
        "under_review": _ruling(under, under, sees=sees) if under else None,
    }


BEFORE = (Case.State.DRAFT, Case.State.FILED, Case.State.VOID, Case.State.NOT_ACCEPTED)  # no decision yet
BEFORE_REVIEWED = (Case.State.NOT_ACCEPTED, Case.State.FILED, Case.State.ACCEPTED)


def _question(row: Joint, *, sees: bool, desk: str) -> Question:
    own = row.state == Joint.State.PUT and row.to_desk_id == desk
    return Question(
        row,
        wording.desk_name(row.from_desk),
        wording.desk_name(row.to_desk),
        words.OUTCOMES.get(row.outcome, row.outcome),
        row.reason if sees else "",
        _("Your office is asked") if own else words.JOINT_STATES[row.state],
        row.answer if sees else "",
    )


def act_words(
    act: str, desk: str, case: Case, payload: dict[str, Any], *, sees: bool
) -> tuple[str, str, str] | None:
    """Return text, second line and kind of an act on a case's state; None for any other act."""
    said, told, payload = {"desk": desk}, payload, payload if sees else {}
    match act:
        case "cases.case.decided":
            outcome = str(told.get("outcome", case.outcome))
            text = _("%(desk)s decided: %(outcome)s") % {
                **said,
                "outcome": words.OUTCOMES.get(outcome, outcome),
            }
            return text, str(payload.get("reason", "")), "bad" if outcome == "refused" else "done"
        case "cases.joint.put":
            what = words.OUTCOMES.get(str(told.get("outcome", "")), "")
            text = _("%(desk)s put it to the other office: %(outcome)s") % {**said, "outcome": what}
            return text, str(payload.get("reason", "")), "border"
        case "cases.joint.answered":
            text = _("%(desk)s agreed") if told.get("answer") == "agree" else _("%(desk)s differed")
            return text % said, str(payload.get("reason", "")), "border"
        case "cases.case.decided_jointly":
            outcome = str(told.get("outcome", case.outcome))
            text = _("Decided by both offices: %(outcome)s") % {
                "outcome": words.OUTCOMES.get(outcome, outcome)
            }
            return text, str(payload.get("reason", "")), "bad" if outcome == "refused" else "done"
        case "cases.case.suspended":
            text = _("%(desk)s suspended it: %(ground)s") % {**said, "ground": _ground(case, told)}
            return text, _missing(case, payload), "bad"
        case "cases.case.resumed":
            return _("%(desk)s resumed it") % said, "", "done"
        case "cases.case.not_accepted":
            text = _("%(desk)s did not accept it: %(ground)s") % {**said, "ground": _ground(case, told)}
            return text, _missing(case, payload), "bad"
        case "cases.case.withdrawn":
            return (
                _("The applicant withdrew; recorded at %(desk)s") % said,
                str(payload.get("reason", "")),
                "done",
            )
        case "cases.decision.crossed":
            return _("A decision and the withdrawal crossed: the withdrawal counts"), "", "bad"
        case "cases.review.crossed":
            return _("The end of the review and its withdrawal crossed: the end counts"), "", "bad"
        case "cases.joint.crossed":
            return (
                _("What %(desk)s put crossed with the end of the case: nothing is to be answered") % said,
                "",
                "bad",
            )
        case "cases.case.voided":
            return _("%(desk)s voided it: filed in error") % said, str(payload.get("reason", "")), "done"
        case "cases.case.closed":
            return _("%(desk)s concluded it") % said, "", "done"
        case "cases.case.erased":
            return _("What the applicant gave was erased; the numbers stay"), "", "done"
        case "cases.decision.superseded":
            text = _("%(desk)s put another decision in its place: %(outcome)s") % {
                **said,
                "outcome": words.OUTCOMES.get(str(told.get("outcome", "")), ""),
            }
            return text, str(payload.get("reason", "")), "done"
        case "cases.review.filed":
            return _("%(desk)s opened the review") % said, "", "done"
        case "cases.review.concluded":
            text = _("%(desk)s ended the review: %(outcome)s") % {
                **said,
                "outcome": words.REVIEW_OUTCOMES.get(case.outcome, ""),
            }
            return text, str(payload.get("reason", "")), "done"
    return None


def why_moved(why: str) -> str:
    """Return why a promise moved."""
    if why == "competent_desk":
        return _("The promise was moved: another office decides, it counts on its calendar")
    return _("The promise was moved: the days of the suspension do not count")


def _ruling(decision: Decision, last: Decision, *, sees: bool) -> Ruling:
    return Ruling(
        decision,
        wording.desk_name(decision.desk),
        words.ALL_OUTCOMES.get(decision.outcome, decision.outcome),
        decision.reason if sees else "",
        decision.pk == last.pk,
        decision.review_id or "",
    )


def _ended_why(row: Case, read: ProcedureFile) -> str:
    if row.state == Case.State.NOT_ACCEPTED:
        return words.ground(read, row.ended_why)
    if row.state == Case.State.WITHDRAWN:
        return _("by the applicant's wish")
    return _("filed in error") if row.state == Case.State.VOID else ""


def _ground(case: Case, payload: dict[str, Any]) -> str:
    return words.ground(form_of(case), str(payload.get("ground", ""))) or _("Not shared")


def _missing(case: Case, payload: dict[str, Any]) -> str:
    told = [words.papers(form_of(case), payload.get("missing") or [])]
    told += [str(payload.get("facts") or payload.get("remark") or "")]
    return " · ".join(each for each in told if each)
