"""What the bell says about instruments: proposed, signed, returned, in force, ended, left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.shared import notices
from tongxin.shared.named import pick

Params = Mapping[str, Any]

TITLES: dict[str, Any] = {
    "instrument_proposed": gettext_lazy("A text waits for signatures"),
    "instrument_signed": gettext_lazy("A party has signed"),
    "instrument_returned": gettext_lazy("A text was not signed and goes back"),
    "instrument_ratified": gettext_lazy("Every party has signed"),
    "instrument_in_force": gettext_lazy("A version comes into force"),
    "instrument_ended": gettext_lazy("A version ends"),
    "ending_proposed": gettext_lazy("An ending waits for signatures"),
    "ending_agreed": gettext_lazy("An ending is agreed"),
    "party_leaves": gettext_lazy("A party gives notice that it leaves"),
    "party_stays": gettext_lazy("A party takes its notice back"),
    "party_left": gettext_lazy("A party has left"),
    "law_entered": gettext_lazy("A law waits for a second person"),
}


def register_all() -> None:
    """Make the kinds known."""
    words: dict[str, Any] = {
        "instrument_proposed": lambda p: _("%(thing)s: the text waits for your signature") % _values(p),
        "instrument_signed": lambda p: _("%(thing)s: %(desk)s has signed") % _values(p),
        "instrument_returned": lambda p: (
            _("%(thing)s: %(desk)s does not sign; the draft is open again") % _values(p)
        ),
        "instrument_ratified": lambda p: (
            _("%(thing)s: every party has signed; it binds from %(day)s") % _values(p)
        ),
        "instrument_in_force": lambda p: _("%(thing)s is in force") % _values(p),
        "instrument_ended": lambda p: _("%(thing)s has ended") % _values(p),
        "ending_proposed": lambda p: (
            _("%(thing)s: an ending on %(day)s waits for your signature") % _values(p)
        ),
        "ending_agreed": lambda p: (
            _("%(thing)s: every party has agreed that it ends on %(day)s") % _values(p)
        ),
        "party_leaves": lambda p: _("%(thing)s: %(party)s leaves on %(day)s") % _values(p),
        "party_stays": lambda p: _("%(thing)s: %(party)s does not leave") % _values(p),
        "party_left": lambda p: _("%(thing)s: %(party)s is no longer a party") % _values(p),
        "law_entered": lambda p: _("%(thing)s was entered and waits for a second person") % _values(p),
    }
    for kind, say in words.items():
        if not notices.known(kind):
            notices.register(kind, say, TITLES[kind])


def _values(params: Params) -> dict[str, str]:
    desk, party = str(params.get("desk", "")), str(params.get("party", ""))
    desks = wording.desk_names([desk]) if desk else {}
    parties = wording.party_names([party]) if party else {}
    at = params.get("at")
    return {
        "thing": f"{pick(str(params['title_zh']), str(params['title_en']))} {params['version']}",
        "desk": str(desks.get(desk, desk)),
        "party": str(parties.get(party, party)),
        "day": wording.moment(datetime.fromisoformat(str(at))) if at else "—",
    }
