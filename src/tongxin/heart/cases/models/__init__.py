"""Tables of cases, by what they are about; every room reads them from here."""

from tongxin.heart.cases.models.applicants import Draft, Guess, Letter, Rating, Sighting, Slip, Upload
from tongxin.heart.cases.models.cases import Case, Procedure
from tongxin.heart.cases.models.desk import Assignment, BulkRun, CaseWords, NoticeText, SavedView
from tongxin.heart.cases.models.hands import Crossing, Dispute, Offer
from tongxin.heart.cases.models.outcomes import Decision, Joint
from tongxin.heart.cases.models.papers import Consent, Fetch, Paper
from tongxin.heart.cases.models.parts import OPEN_STATES, CasePart

__all__ = [
    "OPEN_STATES",
    "Assignment",
    "BulkRun",
    "Case",
    "CasePart",
    "CaseWords",
    "Consent",
    "Crossing",
    "Decision",
    "Dispute",
    "Draft",
    "Fetch",
    "Guess",
    "Joint",
    "Letter",
    "NoticeText",
    "Offer",
    "Paper",
    "Procedure",
    "Rating",
    "SavedView",
    "Sighting",
    "Slip",
    "Upload",
]
