"""Word of a matter crosses a line: the notice is sent as to a desk here, is read and confirmed there, and met by that."""

from __future__ import annotations

import pytest

from tests.nodes.conftest import HERE, THERE
from tests.support.second_node import SecondNode
from tests.support.several_nodes import Nodes
from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, letters_form
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import lines_in, lines_jobs, lines_notes, peers
from tongxin.heart.exchange.models import Envelope, Message, Notification
from tongxin.heart.ledger import sights
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


@pytest.mark.once("the nodes bring SQLite databases of their own")
def test_matters_of_one_number_at_two_nodes_are_two(house, loaded, report, tell, tmp_path, django_db_blocker):
    duty, here = house.acting("langfang-duty"), house.acting("baodi-duty")
    with django_db_blocker.unblock():
        nodes = Nodes(tmp_path, loaded[1], {"langfang": ["he-langfang"], "baodi": ["tj-baodi"]})
        with nodes.at("langfang"):
            number = report()
        with nodes.at("baodi"):
            own = report(by=here, place="tj-baodi", location="示例断面")
            entries = Entry.objects.filter(subject__startswith=f"matter:{own}").count()
        assert own == number
        with nodes.at("langfang"):
            message = tell(number)
        nodes.carry()

        with nodes.at("baodi"):
            came = Message.objects.get(pk=message)
            assert came.thread == f"node:langfang/matter:{number}"
            letter = Entry.objects.get(act="agreements.letter.received")
            assert letter.subject == came.thread
            stranger = house.acting("wuqing-clerk", "tj-wuqing-services/window_clerk")
            seen = [sights.may_see(each, letter.desk, letter.subject) for each in (here, stranger)]
            assert seen == [True, False]
            answer = agreements.confirm(by=here, key="c", message=message)["message"]
            with pytest.raises(Conflict, match="already_confirmed"):
                agreements.confirm(by=here, key="c2", message=message)
            lines_notes.send_note(by=here, key="n", to_desk=duty.desk, text="示例", reply_to=message)
            other = lines_notes.send_note(by=here, key="o", to_desk=HERE, text="示例", reply_to=message)
            assert other["thread"].startswith("note:"), "what one node numbers is not said to a third"
        nodes.carry()

        with nodes.at("langfang"):
            assert {row.thread for row in Message.objects.filter(from_desk=here.desk)} == {f"matter:{number}"}
            owed = Duty.objects.filter(opened_by=f"message:{message}", purpose="confirm")
            assert {row.state for row in owed} == {"met"}
            note = Message.objects.get(kind="note")
            lines_notes.send_note(by=duty, key="b", to_desk=here.desk, text="示例", reply_to=str(note.pk))
        nodes.carry()

        with nodes.at("baodi"):
            assert Message.objects.get(pk=answer).thread == came.thread
            threads = {row.thread for row in Message.objects.filter(from_desk=duty.desk)}
            assert threads == {came.thread}, "the note came back to the thread of what it answers"
            assert Entry.objects.filter(subject__startswith=f"matter:{own}").count() == entries
            matter = Matter.objects.get(pk=own)
            assert not errands.notices_of(here, [matter]).get(own)
            assert errands.told_in(here, [own]) == {}
        nodes.close()


BODIES = {
    "notice": {"carried": "abc", "clauses": []},
    "warning": {"carried": {}, "reason": 7, "withheld": []},
    "stand_down": {"remark": "示例"},
    "all_clear": {"remark": "示例"},
    "call": {"carried": {"remark": "示例"}, "clauses": [], "at": "今天", "wanted": {}},
    "delivery": {"carried": {"remark": ["示例"]}, "duty": 1},
    "confirm": {"notice": 5},
}


def test_what_has_another_form_is_not_kept(house, line: SecondNode, clerk):
    assert set(BODIES) == set(letters_form.FORMS)
    letters = [line.letter(kind, thread="matter:M-2026-000001", body=body) for kind, body in BODIES.items()]
    good = {"carried": {"remark": "示例"}, "clauses": []}
    threads = ("node:other/matter:M-2026-000001", "matter:" + "9" * 60)
    letters += [line.letter("notice", thread=each, body=good) for each in threads]
    letters += [line.letter("note", thread=threads[0])]
    lines_in.take(*line.batch(*letters))
    lines_in.apply_all()
    found = {str(row.pk): row.reason for row in Envelope.objects.filter(state="refused")}
    assert [found[each.id] for each in letters] == ["wrong_body"] * 7 + ["wrong_thread"] * 3
    assert not Message.objects.filter(channel__from_node=line.name).exists()
    client = house.client("wuqing-clerk", "tj-wuqing-services/window_clerk")
    assert client.get("/nodes/notes/").status_code == 200
