"""Joint decisions over a line between nodes: what is put reaches the accepting desk, its answer the holder."""

from __future__ import annotations

from tongxin.heart.cases import crossed, crossing_trust, joints, lines_cases, lines_forms
from tongxin.heart.cases.actions import handing, joining, mirroring
from tongxin.heart.cases.models import Case, Joint
from tongxin.heart.exchange import lines, lines_kinds
from tongxin.heart.exchange.acts import Act


def register_all() -> None:
    """Make both kinds known."""
    lines.handles("joint_put")(lines_forms.reads(put))
    lines.handles("joint_answer")(lines_forms.reads(answer))


def put(letter: lines.Letter, a: Act, peer: str) -> None:
    """Keep what the holder puts to the accepting desk here, open its duty to answer, and ring it."""
    case = lines_cases.known(letter)
    if letter.from_desk != case.holder_id or letter.to_desk != joints.partner(case):
        raise crossing_trust.not_yours()
    if Joint.objects.filter(pk=letter.body["joint"]).exclude(case=case).exists():
        raise crossing_trust.not_yours()
    message = lines_kinds.keep(letter, a)
    act = "cases.joint.put"
    if handing.received_tell(a, case, message) and not joining.received_put(a, case, message):
        act = crossed.JOINT_ACT
    _entry(a, letter, peer, act, "outcome")


def answer(letter: lines.Letter, a: Act, peer: str) -> None:
    """Let the accepting desk's answer decide the case here, or keep that it differs; every node is told then."""
    case = lines_cases.known(letter)
    asked = case.joints.filter(pk=letter.body["joint"]).first()
    if asked is None or (letter.from_desk, letter.to_desk) != (asked.to_desk_id, asked.from_desk_id):
        raise crossing_trust.not_yours()
    message = lines_kinds.keep(letter, a)
    if handing.received_tell(a, case, message):
        joining.received_answer(a, case, message)
        mirroring.mirror(a, Case.objects.get(pk=case.pk))
    _entry(a, letter, peer, "cases.joint.answered", "answer")


def _entry(a: Act, letter: lines.Letter, peer: str, act: str, said: str) -> None:
    a.entry(
        f"{letter.thread}/joint:{letter.body['joint']}",
        act=act,
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={said: letter.body[said], "told_by": peer, "message": letter.id},
    )
