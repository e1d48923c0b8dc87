"""The line to another node in the crash test: its key is confirmed, a note and a ping go there, envelopes come.

The other node is one in miniature; what it has is what the rows here say that it said, so that it outlives a death.
"""

from __future__ import annotations

from typing import Any

Told = dict[str, dict[str, Any]]
THERE = "bj-tongzhou/ecology_bureau"  # nothing else of the story goes to this desk
CLERK = "tj-wuqing-services/window_clerk"


def _second() -> Any:
    from tests.support.second_node import SecondNode
    from tongxin.heart.exchange import lines
    from tongxin.heart.exchange.models import Envelope

    node = SecondNode()
    there = (Envelope.State.ARRIVED, Envelope.State.REFUSED)  # also what it has and could not apply
    for row in Envelope.objects.filter(channel__to_node=node.name, state__in=there):
        node.got[row.seq] = lines.read(lines.Letter, bytes(row.text), "wrong_format")
    return node


def _peers(name: str, **given: Any) -> Any:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.exchange import peers
        from tongxin.heart.region.acting import SYSTEM

        node = _second()
        own = {"identity": node.identity(), "fingerprint": node.key}
        more = {word: own.get(word, value) for word, value in given.items()}
        done: dict[str, Any] = getattr(peers, name)(by=SYSTEM, key=key, **more)
        return done

    return do


def note(told: Told, key: str) -> dict[str, Any]:
    from tests.faults.story import acting
    from tongxin.heart.exchange import lines_notes

    return lines_notes.send_note(by=acting("wuqing-clerk", CLERK), key=key, to_desk=THERE, text="示例")


def receive(told: Told, key: str) -> dict[str, Any]:
    """A note that is applied, one that cannot be, and one from a desk that is not the node's."""
    from tongxin.heart.exchange import lines_in
    from tongxin.shared import clock

    node, at = _second(), clock.iso(clock.now())
    letters = [
        node.letter(from_desk=THERE, sent_at=at),
        node.letter(from_desk=THERE, sent_at=at, body={"text": ""}),
        node.letter(from_desk="tj-baodi/ecology_bureau", sent_at=at),
    ]
    lines_in.take(*node.batch(*letters))
    lines_in.apply_all()
    return {}


def send(told: Told, key: str) -> dict[str, Any]:
    """Send what waits; the lease of a dispatcher that died is taken over."""
    from tongxin.heart.exchange import lines_jobs

    lines_jobs.send_lines(caller=_second().call)
    return {}


def case(name: str, **more: Any) -> Any:
    """An act of Wuqing's window on the case that goes to Tongzhou, which works at the other node by now."""

    def do(told: Told, key: str) -> dict[str, Any]:
        from tests.faults.story import acting
        from tongxin.heart.cases import actions

        given = {
            word: told["crossing-filed"]["case"] if value == "" else value for word, value in more.items()
        }
        done: dict[str, Any] = getattr(actions, name)(by=acting("wuqing-clerk", CLERK), key=key, **given)
        return done

    return do


def filed(told: Told, key: str) -> dict[str, Any]:
    from tests.faults.story import APPLICATION

    return case("file_case", **APPLICATION)(told, key)


def refused_there(told: Told, key: str) -> dict[str, Any]:
    """The other node says that it can never apply the offer: the case is free again."""
    from tongxin.heart.cases import crossing_jobs
    from tongxin.heart.exchange import lines_in
    from tongxin.heart.exchange.models import Envelope
    from tongxin.shared import clock

    node, sent = _second(), Envelope.objects.get(kind="offer")
    body = {"code": "fault_KeyError", "envelope": str(sent.pk), "seq": sent.seq}
    letter = node.letter("cannot_apply", seq=4, from_desk="", to_desk="", thread=sent.thread, body=body,
                         in_reply_to=str(sent.pk), sent_at=clock.iso(clock.now()))  # fmt: skip
    lines_in.take(*node.batch(letter))
    lines_in.apply_all()
    crossing_jobs.look()
    return {}


def told_there(told: Told, key: str) -> dict[str, Any]:
    """The other node tells of a case that it accepted, and then that the applicant is called otherwise."""
    from tongxin.heart.cases import crossing
    from tongxin.heart.cases.models import Case
    from tongxin.heart.exchange import lines_in
    from tongxin.shared import clock

    node, centre, number = _second(), "bj-tongzhou/service_centre", "TONGZHOU-2026-000001"
    row = Case.objects.read_as("the story").select_related("procedure").get(pk=told["crossing-filed"]["case"])
    own = dict.fromkeys(("accepting", "competent", "holder"), centre)
    facts = crossing.facts(row, [centre]) | own | {"case": number, "files": [], "hand_overs": []}
    letters = [
        node.letter("case_state", seq=seq, thread=f"case:{number}", sent_at=clock.iso(clock.now()),
                    body={"facts": facts | {"given": {"applicant_name": name}}})
        for seq, name in ((5, "示例甲"), (6, "示例乙"))
    ]  # fmt: skip
    lines_in.take(*node.batch(*letters))
    lines_in.apply_all()
    return {}


def comes(told: Told, key: str) -> dict[str, Any]:
    """The other node tells of a case that it accepted and that Wuqing's window holds."""
    from tongxin.heart.cases import crossing
    from tongxin.heart.cases.models import Case
    from tongxin.heart.exchange import lines_in
    from tongxin.shared import clock

    node, centre = _second(), "bj-tongzhou/service_centre"
    row = Case.objects.read_as("the story").select_related("procedure").get(pk=told["crossing-filed"]["case"])
    own = {"accepting": centre, "competent": centre, "case": COMES, "files": [], "hand_overs": []}
    letter = node.letter("case_state", seq=7, thread=f"case:{COMES}", sent_at=clock.iso(clock.now()),
                         body={"facts": crossing.facts(row, [centre]) | own})  # fmt: skip
    lines_in.take(*node.batch(letter))
    lines_in.apply_all()
    return {}


COMES = "TONGZHOU-2026-000002"
WHERE = "http://localhost:9"
PART = (
    ("peer-added", 36_030, _peers("add", address=WHERE, identity=None)),
    ("peer-moved", 36_031, _peers("move", peer="tongzhou", address=WHERE, identity=None)),
    ("peer-confirmed", 36_032, _peers("confirm", peer="tongzhou", fingerprint="")),
    ("desks-placed", 36_033, _peers("place", desks=[THERE], peer="tongzhou")),
    ("note", 36_034, note),
    ("ping", 36_035, _peers("ping", peer="tongzhou")),
    ("envelopes-come", 36_036, receive),
    ("envelopes-go", 36_037, send),
    ("centre-placed", 36_038, _peers("place", desks=["bj-tongzhou"], peer="tongzhou")),
    ("crossing-filed", 36_039, filed),
    ("crossing-accepted", 36_040, case("accept_case", number="")),
    ("crossing-offered", 36_041, case("offer", number="", to_desk="bj-tongzhou/service_centre", epoch=0)),
    ("offer-goes", 36_042, send),
    ("offer-refused-there", 36_043, refused_there),
    ("case-told-there", 36_044, told_there),
    ("case-comes", 36_045, comes),
    ("letter-written", 36_046, case("tell", number=COMES, text="示例")),
    ("letter-goes", 36_047, send),
)
