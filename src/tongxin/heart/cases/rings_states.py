"""What the rings about states of cases say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from tongxin.shared import notices

SAID: dict[str, tuple[Any, Any]] = {
    "joint_put": (
        gettext_lazy("A joint decision waits for the office"),
        gettext_lazy("Case %(case)s is decided together with your office: agree, or differ."),
    ),
    "joint_agreed": (
        gettext_lazy("A joint decision was agreed to"),
        gettext_lazy("The other office agreed: case %(case)s is decided."),
    ),
    "joint_differed": (
        gettext_lazy("The other office differed about a joint decision"),
        gettext_lazy("The other office differed about case %(case)s; put it anew, or hand it over."),
    ),
    "case_suspended": (gettext_lazy("A case was suspended"), gettext_lazy("Case %(case)s was suspended.")),
    "case_resumed": (gettext_lazy("A case was resumed"), gettext_lazy("Case %(case)s goes on.")),
    "sight_ended": (
        gettext_lazy("A duty stands still: a sight has ended"),
        gettext_lazy("In case %(case)s your office may no longer see what it needs; its duty stands still."),
    ),
    "sight_back": (
        gettext_lazy("A duty runs on: a sight is back"),
        gettext_lazy("In case %(case)s your office may see again what it needs; its duty runs on."),
    ),
    "case_withdrawn": (
        gettext_lazy("A case was withdrawn"),
        gettext_lazy("The applicant withdrew case %(case)s; nothing is owed in it any more."),
    ),
    "decision_crossed": (
        gettext_lazy("A decision and the applicant's withdrawal crossed"),
        gettext_lazy("In case %(case)s a decision and the withdrawal crossed: the withdrawal counts."),
    ),
    "review_crossed": (
        gettext_lazy("The end of a review and its withdrawal crossed"),
        gettext_lazy(
            "The end of the review of case %(case)s and its withdrawal crossed: the end of the review counts."
        ),
    ),
    "case_closed": (gettext_lazy("A case was concluded"), gettext_lazy("Case %(case)s is concluded.")),
    "case_superseded": (
        gettext_lazy("A decision was superseded"),
        gettext_lazy("The decision of case %(case)s was superseded; the applicant is to be told."),
    ),
    "review_filed": (gettext_lazy("A review is to be done"), gettext_lazy("Review %(case)s came in.")),
    "decision_reviewed": (
        gettext_lazy("A decision of the office is under review"),
        gettext_lazy("The decision of case %(case)s is under review; it stands meanwhile."),
    ),
    "review_concluded": (gettext_lazy("A review ended"), gettext_lazy("Review %(case)s has ended.")),
    "review_result": (
        gettext_lazy("The review of a decision of the office ended"),
        gettext_lazy("The review of the decision of case %(case)s has ended."),
    ),
    "application_filed": (
        gettext_lazy("An application came in online"),
        gettext_lazy("Application %(case)s came in online; it waits to be accepted."),
    ),
    "asked_supplied": (
        gettext_lazy("What was asked for was handed in"),
        gettext_lazy("In case %(case)s the applicant handed in what was asked for."),
    ),
    "letter_message": (
        gettext_lazy("An applicant wrote"),
        gettext_lazy("The applicant of case %(case)s wrote; an answer is due."),
    ),
    "letter_complaint": (
        gettext_lazy("A complaint came in"),
        gettext_lazy("The applicant of case %(case)s complains; an answer is due."),
    ),
    "letter_correction": (
        gettext_lazy("A correction was asked for"),
        gettext_lazy("The applicant of case %(case)s asks for a correction."),
    ),
    "case_corrected": (
        gettext_lazy("What an applicant gave was corrected"),
        gettext_lazy("In case %(case)s something that the applicant gave was corrected."),
    ),
    "case_rated": (
        gettext_lazy("A case was rated"),
        gettext_lazy("The applicant of case %(case)s rated its handling."),
    ),
    "review_withdrawn": (
        gettext_lazy("A review was withdrawn"),
        gettext_lazy("The review of the decision of case %(case)s was withdrawn; the decision stands."),
    ),
}


def register_all() -> None:
    """Make the words of these rings known."""
    for kind, (title, said) in SAID.items():
        notices.register(kind, _wording(said), title)


def _wording(said: Any) -> Callable[[Mapping[str, Any]], str]:
    def words(params: Mapping[str, Any]) -> str:
        return str(said) % params

    return words
