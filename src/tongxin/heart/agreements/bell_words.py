"""What the bell says about matters and duties: objected, merged, called, stood down, delivered, judged, in conflict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.shared import notices

Params = Mapping[str, Any]

# Kind: its short title, and what the bell says; `thing` is the number of the matter or case.
WORDS: dict[str, tuple[Any, Any]] = {
    "event_objected": (
        gettext_lazy("An objection to a report"),
        gettext_lazy("%(thing)s: %(desk)s objects to the report"),
    ),
    "merge_proposed": (
        gettext_lazy("A proposal that two matters are one"),
        gettext_lazy("%(thing)s: %(desk)s proposes that it is one with %(other)s"),
    ),
    "call_made": (
        gettext_lazy("A telephone call to be recorded"),
        gettext_lazy("%(thing)s: %(desk)s says that it told you by telephone; record that you were told"),
    ),
    "warning_sent": (
        gettext_lazy("A warning without a clause"),
        gettext_lazy("%(thing)s: %(desk)s warns you %(basis)s; no clause demands it"),
    ),
    "stood_down": (
        gettext_lazy("It no longer concerns you"),
        gettext_lazy("%(thing)s: %(desk)s tells that it no longer concerns you"),
    ),
    "all_clear": (gettext_lazy("All-clear"), gettext_lazy("%(thing)s: %(desk)s gives the all-clear")),
    "duty_stand_down": (
        gettext_lazy("A duty to tell that it is over"),
        gettext_lazy("%(thing)s: tell %(desk)s by %(due)s that it no longer concerns them"),
    ),
    "clause_conflict": (
        gettext_lazy("Two clauses exclude each other"),
        gettext_lazy("%(thing)s: two clauses exclude each other; your office decides which one rules"),
    ),
    "duty_uncountable": (
        gettext_lazy("A time that cannot be counted"),
        gettext_lazy("%(thing)s: %(clause)s makes no duty for %(desk)s: its time cannot be counted"),
    ),
    "conflict_voted": (
        gettext_lazy("A word on which clause rules"),
        gettext_lazy("%(thing)s: %(desk)s has said which clause shall rule"),
    ),
    "conflict_settled": (
        gettext_lazy("Which clause rules is settled"),
        gettext_lazy("%(thing)s: it is settled which clause rules"),
    ),
    "agenda_resolved": (
        gettext_lazy("A leaders' meeting has resolved"),
        gettext_lazy("%(thing)s: %(desk)s has recorded what the leaders' meeting of %(on)s resolved"),
    ),
    "duty_closer": (
        gettext_lazy("A due moved closer"),
        gettext_lazy("%(thing)s: a duty to %(desk)s is due at %(due)s already, not at %(was)s: %(why)s"),
    ),
    "needed_closer": (
        gettext_lazy("The receiver needs it earlier"),
        gettext_lazy(
            "%(thing)s: %(desk)s needs it by %(due)s already, not by %(was)s: the forecast has changed"
        ),
    ),
    "answer_escalation": (
        gettext_lazy("A delivery is not answered"),
        gettext_lazy("%(thing)s: what %(desk)s delivered has not been answered; it was to be by %(due)s"),
    ),
    "duty_performed": (
        gettext_lazy("A delivery to be accepted"),
        gettext_lazy("%(thing)s: %(desk)s has delivered"),
    ),
    "duty_accepted": (
        gettext_lazy("A delivery was accepted"),
        gettext_lazy("%(thing)s: %(desk)s has accepted the delivery"),
    ),
    "duty_sent_back": (
        gettext_lazy("A delivery was sent back"),
        gettext_lazy("%(thing)s: %(desk)s has sent the delivery back"),
    ),
    "duty_excused": (
        gettext_lazy("A duty was excused"),
        gettext_lazy("%(thing)s: %(desk)s has excused a duty"),
    ),
    "duty_given_up": (
        gettext_lazy("A duty was given up"),
        gettext_lazy("%(thing)s: %(desk)s has given a duty up as not met"),
    ),
    "duty_suspended": (
        gettext_lazy("A duty was suspended"),
        gettext_lazy("%(thing)s: %(desk)s has suspended a duty"),
    ),
    "duty_resumed": (
        gettext_lazy("A duty was resumed"),
        gettext_lazy("%(thing)s: %(desk)s has resumed a duty"),
    ),
    "supply_stopped": (
        gettext_lazy("What is supplied has no basis any more"),
        gettext_lazy("%(thing)s: with %(desk)s nothing lets it be shared any more; the duty stands still"),
    ),
    "supply_back": (
        gettext_lazy("What is supplied has a basis again"),
        gettext_lazy("%(thing)s: with %(desk)s it may be shared again; the duty runs on"),
    ),
    "date_proposed": (
        gettext_lazy("Another day is proposed"),
        gettext_lazy("%(thing)s: %(desk)s proposes %(on)s for a delivery"),
    ),
    "date_agreed": (
        gettext_lazy("Another day is agreed"),
        gettext_lazy("%(thing)s: %(desk)s has agreed to %(on)s for a delivery"),
    ),
}


def register_all() -> None:
    """Make the kinds known."""
    for kind, (title, words) in WORDS.items():
        notices.register(kind, _worded(words), title)
    notices.register("merge_answered", _answered, gettext_lazy("An answer on whether two matters are one"))


def _worded(words: Any) -> notices.Wording:
    return lambda params: str(words) % _values(params)


def _answered(params: Params) -> str:
    if params.get("agreed"):
        return _("%(thing)s and %(other)s are one from now on") % _values(params)
    return _("%(thing)s and %(other)s stay two: the other side refused") % _values(params)


def _values(params: Params) -> dict[str, str]:
    """Return the parameters as words."""
    desk = str(params.get("desk") or params.get("to") or "")
    names = wording.desk_names([desk]) if desk else {}
    thread = params.get("thread") or params.get("matter") or params.get("case") or ""
    return {
        "thing": str(thread).rpartition(":")[2],
        "desk": str(names.get(desk, desk)),
        "other": str(params.get("other", "")),
        "clause": str(params.get("clause", "")),
        "on": str(params.get("on", "")),
        "due": _due(params, "due_at"),
        "was": _due(params, "was"),
        "basis": str(wording.BASES.get(str(params.get("basis", "")), "")),
        "why": str(wording.MOVES.get(str(params.get("why", "")), "")),
    }


def _due(params: Params, name: str) -> str:
    """Return a due; outside the house with the zone that it is in."""
    if not params.get(name):
        return "—"
    at = wording.due_moment(datetime.fromisoformat(str(params[name])))
    return _("%(at)s (Beijing time)") % {"at": at} if params.get("outside") else at
