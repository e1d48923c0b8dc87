"""What the heart's notifications say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements.wording import desk_names
from tongxin.heart.exchange.models import Notification
from tongxin.shared import notices
from tongxin.site.look import times

Params = Mapping[str, Any]
TITLES = {
    "duty_do": gettext_lazy("A new duty"),
    "duty_confirm": gettext_lazy("A notice to be confirmed"),
    "duty_stand_down": gettext_lazy("A notice that it is over"),
    "reminder": gettext_lazy("A reminder before due"),
    "escalation": gettext_lazy("An escalation after due"),
    "notice_confirmed": gettext_lazy("A notice was confirmed"),
    "stand_in_named": gettext_lazy("You stand in for somebody"),
}


def words(row: Notification) -> str:
    """Return what a notification says, in the language of the page."""
    said = notices.worded(row.kind, row.params) or _("There is something new.")
    return _("Drill: %(words)s") % {"words": said} if row.params.get("drill") else said


def register_all() -> None:
    """Make the heart's kinds known, where the room that rings has no words of its own."""
    for kind, wording in {
        "duty_do": _duty,
        "duty_confirm": lambda p: _("%(thing)s: a notice is to be confirmed by %(due)s") % _values(p),
        "duty_stand_down": lambda p: (
            _("%(thing)s: the other side is to be told by %(due)s that it is over") % _values(p)
        ),
        "reminder": lambda p: _("%(thing)s: a duty due at %(due)s is still open") % _values(p),
        "escalation": lambda p: _("%(thing)s: a duty is overdue since %(due)s") % _values(p),
        "notice_confirmed": lambda p: _("%(desk)s has confirmed the notice on %(thing)s") % _values(p),
        "stand_in_named": lambda p: _("You stand in for the post %(post)s from %(from)s until %(until)s") % p,
    }.items():
        if not notices.known(kind):
            notices.register(kind, wording, TITLES[kind])


def _duty(params: Params) -> str:
    return _("%(thing)s: a new duty to %(desk)s, due at %(due)s") % _values(params)


def _values(params: Params) -> dict[str, str]:
    """Return the parameters as words: the thing's number, the desk's name, the due as people say it."""
    desk = str(params.get("desk") or params.get("to") or "")
    names = desk_names([desk]) if desk else {}
    due, style = params.get("due_at"), "outside" if params.get("outside") else "near"
    return {
        "thing": str(
            params.get("case") or params.get("matter") or str(params.get("thread", "")).rpartition(":")[2]
        ),
        "desk": str(names.get(desk, desk)),
        "due": times.instant(datetime.fromisoformat(str(due)), style) if due else "—",
    }
