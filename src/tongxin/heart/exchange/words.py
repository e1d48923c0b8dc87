"""What states and faults of the outbox are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongxin.heart.exchange import senders
from tongxin.heart.exchange.models import Attempt, Delivery
from tongxin.heart.region.models import Desk
from tongxin.shared import notices
from tongxin.shared.named import pick

STATES: dict[str, Any] = {
    Delivery.State.PENDING: pgettext_lazy("outbox", "Waiting"),
    Delivery.State.LEASED: pgettext_lazy("outbox", "Being sent"),
    Delivery.State.SENT: pgettext_lazy("outbox", "Sent"),
    Delivery.State.DEAD: pgettext_lazy("outbox", "Given up"),
}
OUTCOMES: dict[str, Any] = {
    Attempt.Outcome.SENT: pgettext_lazy("outbox", "Sent"),
    Attempt.Outcome.FAILED: gettext_lazy("Failed"),
    Attempt.Outcome.CUT_SHORT: gettext_lazy("Cut short"),
    "": pgettext_lazy("outbox", "Being sent"),
}
OF_THE_WAY: dict[str, Callable[[str], str]] = {  # faults of any request to another system
    "http": lambda status: _("the other system answered with status %(status)s") % {"status": status},
    "timeout": lambda _none: _("the other system took too long"),
    "connect": lambda _none: _("no connection to the other system"),
    "no_answer": lambda _none: _("the other system broke off"),
    "tls": lambda _none: _("the certificate of the other system is not in order"),
    "not_https": lambda _none: _("the address is not https"),
    "name_unknown": lambda _none: _("there is no system of that name"),
}
_FAULTS: dict[str, Callable[[str], str]] = {
    **OF_THE_WAY,
    "address_refused": lambda _none: _("the name leads into the server's own network"),
    "smtp": lambda code: _("the mail server refused it with code %(code)s") % {"code": code},
    "smtp_login": lambda code: (
        _("the mail server refused the login of this server (%(code)s)") % {"code": code}
    ),
    "mail_server": lambda kind: _("the mail server could not be used (%(kind)s)") % {"kind": kind},
    "cut_short": lambda _none: _("this server was stopped while it was sending"),
    "secret_unreadable": lambda _none: _("the secret cannot be read; give the subscription a new one"),
    "drill": lambda _none: _("it belongs to a drill; nothing of a drill leaves"),
    "no_connector": lambda name: _("the connector %(name)s is not set up here") % {"name": name},
    "connector_fault": lambda kind: _("a fault in the connector (%(kind)s)") % {"kind": kind},
}


def fault(error: str) -> str:
    """Return why a delivery was not sent, in words; the code itself where nobody has words."""
    code, _colon, detail = error.partition(":")
    worded = _FAULTS.get(code)
    return worded(detail) if worded else error


def kind(code: str) -> str:
    """Return the title of a kind of ring."""
    return str(notices.kinds().get(code, code))


def connector(name: str) -> str:
    """Return the title of a connector."""
    sender = senders.by_name(name)
    return str(sender.title) if sender else name


def desk(row: Desk) -> str:
    """Return a desk's name: whose it is and what it is for."""
    place = row.jurisdiction
    if place is None:
        return pick(row.role.name_zh, row.role.name_en)
    return pick(f"{place.short_zh} · {row.role.name_zh}", f"{place.short_en} · {row.role.name_en}")


def given_up(params: Mapping[str, Any]) -> str:
    """Return what the ring of a dead letter says."""
    row = Desk.objects.select_related("jurisdiction", "role").filter(pk=params.get("desk")).first()
    return _("Outbox: sending to %(desk)s (%(connector)s) was given up; look why, then send again.") % {
        "desk": desk(row) if row else params.get("desk", ""),
        "connector": connector(str(params.get("connector", ""))),
    }
