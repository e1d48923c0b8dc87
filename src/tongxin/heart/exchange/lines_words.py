"""What states and faults of lines are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongxin.heart.exchange import words
from tongxin.heart.exchange.models import Envelope
from tongxin.heart.region.models import Desk

STATES: dict[str, Any] = {
    Envelope.State.WAITING: pgettext_lazy("line", "Waiting"),
    Envelope.State.ARRIVED: pgettext_lazy("line", "Arrived"),
    Envelope.State.STORED: pgettext_lazy("line", "Stored"),
    Envelope.State.APPLIED: pgettext_lazy("line", "Applied"),
    Envelope.State.UNKNOWN: pgettext_lazy("line", "Not understood"),
    Envelope.State.REFUSED: pgettext_lazy("line", "Refused"),
}
_REASONS: dict[str, Any] = {
    "not_json": gettext_lazy("it is not JSON"),
    "not_canonical": gettext_lazy("its JSON is not canonical"),
    "wrong_format": gettext_lazy("it has not the form of the protocol"),
    "oversized": gettext_lazy("it is too large"),
    "wrong_channel": gettext_lazy("it is for another node"),
    "unknown_peer": gettext_lazy("the other node does not know this one yet"),
    "peer_not_confirmed": gettext_lazy("nobody there has confirmed this node's fingerprint yet"),
    "unsigned": gettext_lazy("it is not signed"),
    "unknown_algorithm": gettext_lazy("its signature names an algorithm that is not known"),
    "bad_signature": gettext_lazy("its signature does not hold"),
    "wrong_key": gettext_lazy("it is signed with another key than the confirmed one"),
    "wrong_request": gettext_lazy("it answers another request"),
    "body_hash": gettext_lazy("its content is not that of its hash"),
    "sent_at": gettext_lazy("its time of sending is none"),
    "desk_not_yours": gettext_lazy("the sending desk does not work at the sending node"),
    "desk_not_here": gettext_lazy("the receiving desk does not work at the receiving node"),
    "seq_taken": gettext_lazy("its number was used before: the sending node's data was set back"),
    "id_taken": gettext_lazy("something else came before under its id"),
    "too_far_ahead": gettext_lazy("too much is missing before it"),
    "no_progress": gettext_lazy("the other node took nothing of what was sent"),
    "no_desk": gettext_lazy("it names no desk"),
    "answers_nothing": gettext_lazy("it answers nothing that was sent"),
    "invalid": gettext_lazy("its content cannot be taken"),
    "wrong_facts": gettext_lazy("its content cannot be taken"),
    "wrong_body": gettext_lazy("its content cannot be taken"),
    "wrong_thread": gettext_lazy("it does not say what it is about"),
    "no_such_case": gettext_lazy("no case of this number is known there"),
    "not_yours": gettext_lazy("the sender may not say this of the case"),
    "unknown_procedure": gettext_lazy("the procedure is not known there in this version"),
    "other_procedure": gettext_lazy("the procedure is not known there in this version"),
    "unknown_text": gettext_lazy("the agreement is not known there in this version"),
    "other_text": gettext_lazy("the agreement is not known there in this version"),
    "unknown_desk": gettext_lazy("a desk that it names is not known there"),
}
_FAULTS: dict[str, Callable[[str], str]] = {
    **words.OF_THE_WAY,
    "no_identity": lambda code: _("what answers there is no node: %(why)s") % {"why": reason(code)},
    "refused": lambda code: _("the other node refuses: %(why)s") % {"why": reason(code)},
    "envelope": lambda code: (
        _("the other node does not take the next message: %(why)s") % {"why": reason(code)}
    ),
}


def reason(code: str) -> str:
    """Return why an envelope or a request was refused, in words; the code where nobody has words."""
    return str(_REASONS.get(code, code))


def fault(error: str) -> str:
    """Return why a line does not go, in words."""
    code, _colon, detail = error.partition(":")
    if code.startswith("answer_"):
        return _("the answer was not taken: %(why)s") % {"why": reason(code.removeprefix("answer_"))}
    worded = _FAULTS.get(code)
    return worded(detail) if worded else reason(error)


def note_came(params: Mapping[str, Any]) -> str:
    """Return what the ring of a note says."""
    return _("Note from %(desk)s.") % {"desk": desk(params.get("desk"))}


def letter_came(params: Mapping[str, Any]) -> str:
    """Return what the ring of a message from another node says."""
    return _("%(desk)s, at another node, has sent word: read it among the notes.") % {
        "desk": desk(params.get("desk"))
    }


def refused(params: Mapping[str, Any]) -> str:
    """Return what the ring says of something that the other node did not apply."""
    said = {"node": params.get("node", ""), "why": reason(str(params.get("code", "")))}
    if params.get("desk"):
        said["desk"] = desk(params["desk"])
        return _("What was sent to %(desk)s was refused by the node %(node)s: %(why)s.") % said
    return _("A message was refused by the node %(node)s: %(why)s.") % said


def unknown(params: Mapping[str, Any]) -> str:
    """Return what the ring says of something that nothing here understands."""
    return _(
        "From the node %(node)s came a message that this installation does not understand (%(kind)s, number %(seq)s). "
        "It is kept; ask that node by telephone."
    ) % {"node": params.get("node", ""), "kind": params.get("kind", ""), "seq": params.get("seq", "")}


def skew(params: Mapping[str, Any]) -> str:
    """Return what the ring says of two clocks that differ."""
    return _("The clock of the node %(node)s differs from ours by %(seconds)s seconds.") % {
        "node": params.get("node", ""),
        "seconds": seconds(int(params.get("ms") or 0)),
    }


def seconds(ms: int) -> str:
    """Return milliseconds as seconds with a sign, to a tenth."""
    sign = "−" if ms < 0 else "+"
    return f"{sign}{abs(ms) / 1000:.1f}"


def desk(desk_id: object) -> str:
    """Return a desk's name, or its id where it is not known here."""
    row = Desk.objects.select_related("jurisdiction", "role").filter(pk=desk_id).first()
    return words.desk(row) if row else str(desk_id or "")
