"""Word of a matter crosses a line: the notice is sent as to a desk here, is read and confirmed there, and met by that."""

from __future__ import annotations

import pytest

from tests.nodes.conftest import HERE, THERE
from tests.support.second_node import SecondNode
from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange import lines_in, lines_jobs, peers
from tongxin.heart.exchange.models import Envelope, Message, Notification
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import SYSTEM
from tongxin.petals.ecology.tests.conftest import report, tell
from tongxin.shared.errors import Conflict

__all__ = ["report", "tell"]

BAODI = "tj-baodi/ecology_bureau"


def test_a_notice_goes_over_the_line_and_its_receipt_meets_what_the_other_desk_owes(
    house, line, report, tell
):
    peers.place(by=SYSTEM, key="baodi", desks=["tj-baodi"], peer=line.name)
    number = report()
    message = tell(number)
    sent = Message.objects.get(pk=message)
    assert (sent.kind, sent.delivered_at) == ("notice", None)
    lines_jobs.send_lines(caller=line.call)
    assert [each.kind for each in line.got.values()] == ["notice"]
    owed = Duty.objects.filter(opened_by=f"message:{message}", purpose="confirm")
    assert {duty.state for duty in owed.all()} == {"open"}
    letter = line.letter(
        "confirm", from_desk=BAODI, to_desk=sent.from_desk_id, thread=sent.thread,
        in_reply_to=message, body={"notice": message},
    )  # fmt: skip
    lines_in.take(*line.batch(letter))
    lines_in.apply_all()
    assert Envelope.objects.get(pk=letter.id).state == "applied"
    assert {duty.state for duty in owed.all()} == {"met"}
    assert Entry.objects.filter(act="agreements.notice.confirmed", desk=BAODI).count() == 1
    stranger = line.letter("confirm", to_desk=HERE, in_reply_to=message, body={"notice": message})
    lines_in.take(*line.batch(stranger))
    lines_in.apply_all()
    assert Envelope.objects.get(pk=stranger.id).reason == "answers_nothing"


def test_a_notice_from_another_node_is_read_among_the_notes_and_confirmed_once(
    house, line: SecondNode, clerk
):
    body = {"carried": {"remark": "示例"}, "clauses": []}
    letter = line.letter("notice", thread="matter:M-2026-000077", basis="other@1/tell", body=body)
    lines_in.take(*line.batch(letter))
    lines_in.apply_all()
    assert Notification.objects.get(kind="letter").desk_id == HERE
    client = house.client("wuqing-clerk", "tj-wuqing-services/window_clerk")
    page = client.get("/nodes/notes/").content.decode()
    assert "通报" in page
    assert "说明：示例" in page
    assert 'name="confirm"' in page
    client.post("/nodes/notes/", {"confirm": letter.id, "key": "c"})
    answer = Message.objects.get(kind="confirm")
    assert (answer.to_desk_id, str(answer.in_reply_to_id)) == (THERE, letter.id)
    assert 'name="confirm"' not in client.get("/nodes/notes/").content.decode()
    with pytest.raises(Conflict, match="already_confirmed"):
        agreements.confirm(by=clerk, key="c2", message=letter.id)
