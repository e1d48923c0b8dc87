"""Joint decisions over a line between nodes: what is put reaches the accepting desk, its answer the holder."""

from __future__ import annotations

import uuid

from tongxin.heart.cases import crossing_trust, joints, lines_cases
from tongxin.heart.cases.actions import deciding, handing, joining, mirroring, parts
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange import lines, lines_kinds
from tongxin.heart.exchange.acts import Act


def register_all() -> None:
    """Make both kinds known."""
    lines.handles("joint_put")(put)
    lines.handles("joint_answer")(answer)


def put(letter: lines.Letter, a: Act, peer: str) -> None:
    """Keep what the holder puts to the accepting desk here, open its duty to answer, and ring it."""
    case = lines_cases.known(letter)
    if letter.from_desk != case.holder_id or letter.to_desk != joints.partner(case):
        raise crossing_trust.not_yours()
    if letter.body.get("outcome") not in deciding.OUTCOMES or not _readable(letter):
        raise lines_cases.wrong_facts()
    message = lines_kinds.keep(letter, a)
    if handing.received_tell(a, case, message):
        joining.received_put(a, case, message)
    _entry(a, letter, peer, "cases.joint.put", "outcome")


def answer(letter: lines.Letter, a: Act, peer: str) -> None:
    """Let the accepting desk's answer decide the case here, or keep that it differs; every node is told then."""
    case = lines_cases.known(letter)
    if not _readable(letter) or letter.body.get("answer") not in joining.ANSWERS:
        raise lines_cases.wrong_facts()
    asked = case.joints.filter(pk=str(letter.body["joint"])).first()
    if asked is None or (letter.from_desk, letter.to_desk) != (asked.to_desk_id, asked.from_desk_id):
        raise crossing_trust.not_yours()
    message = lines_kinds.keep(letter, a)
    if handing.received_tell(a, case, message):
        joining.received_answer(a, case, message)
        mirroring.mirror(a, Case.objects.get(pk=case.pk))
    _entry(a, letter, peer, "cases.joint.answered", "answer")


def _readable(letter: lines.Letter) -> bool:
    """Whether the body has the form of the protocol: the question's number, reasons that the tables hold."""
    reason = letter.body.get("reason", "")
    try:
        uuid.UUID(str(letter.body.get("joint")))
    except ValueError:
        return False
    return isinstance(reason, str) and len(reason) <= parts.MAX_TEXT


def _entry(a: Act, letter: lines.Letter, peer: str, act: str, said: str) -> None:
    a.entry(
        f"{letter.thread}/joint:{letter.body['joint']}",
        act=act,
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={said: letter.body[said], "told_by": peer, "message": letter.id},
    )
