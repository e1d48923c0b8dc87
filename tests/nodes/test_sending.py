"""What goes over a line: written with the act, numbered without a gap, sent until the peer says that it has it, never given up."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from tests.nodes.conftest import HERE, THERE
from tests.support import receivers
from tests.support.second_node import SecondNode
from tongxin.heart.exchange import (
    actions,
    leases,
    lines,
    lines_in,
    lines_jobs,
    lines_notes,
    lines_out,
    nodes,
    peers,
    peers_queries,
    wire,
)
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Channel, Envelope, IdempotencyKey, Message, Notification, Peer
from tongxin.heart.ledger import keys
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound


def go(line: SecondNode) -> int:
    return lines_jobs.send_lines(caller=line.call)


def stand() -> peers_queries.Line:
    return peers_queries.all_lines(None)[0]


def test_a_note_is_signed_and_numbered_with_the_act_and_arrives(house, line, write):
    before = house.size()
    done = write("示例")
    row = Envelope.objects.get()
    letter = lines.read(lines.Letter, bytes(row.text), "wrong_format")
    assert (letter.seq, letter.kind, letter.from_desk, letter.to_desk) == (1, "note", HERE, THERE)
    signed = lines.read_signature(row.signature)
    assert keys.signature_holds(nodes.own().public, signed.value, bytes(row.text))
    assert (row.state, Message.objects.get(pk=done["note"]).delivered_at) == ("waiting", None)
    assert house.size() == before + 1
    house.clock.move_by(seconds=5)
    assert go(line) == 1
    assert line.got[1] == letter
    row.refresh_from_db()
    assert row.state == "arrived"
    assert Message.objects.get(pk=done["note"]).delivered_at == house.clock.at
    assert go(line) == 0


def test_a_note_to_a_desk_here_is_there_at_once(house, clerk):
    done = lines_notes.send_note(by=clerk, key="n", to_desk="tj-baodi/service_centre", text="示例")
    message = Message.objects.get(pk=done["note"])
    assert message.delivered_at == message.sent_at
    assert Notification.objects.get(kind="note").desk_id == "tj-baodi/service_centre"
    assert not Envelope.objects.exists()


def test_messages_of_one_act_stand_in_the_order_of_sending_behind_all_others(house, clerk):
    lines_notes.send_note(by=clerk, key="n", to_desk="tj-baodi/service_centre", text="示例")
    with act("tests.several", by=clerk, key="s", request={}) as a:
        sent = [
            actions.send(
                "note", from_desk=clerk.desk, to_desk="tj-baodi/service_centre", thread=f"notes:{n}", basis="",
                body={"text": "示例"}, at=a.at,
            ).pk
            for n in range(4)
        ]  # fmt: skip
        within = list(Message.objects.order_by("seq").values_list("pk", flat=True))
        a.entry("notes:0")
    assert within[1:] == sent
    rows = list(Message.objects.order_by("seq").values_list("pk", "seq"))
    assert [pk for pk, _seq in rows] == within
    assert [seq for _pk, seq in rows] == [1, 2, 3, 4, 5]


def broken_after_a_ping(line: SecondNode, a: Act) -> None:
    lines_out.put("ping", to_node=line.name, thread="node:main", body={}, at=a.at)
    raise Invalid("示例", {})


def test_an_act_that_is_rolled_back_takes_its_number_back(house, line, write, clerk):
    write("一")
    with pytest.raises(Invalid), act("tests.broken", by=clerk, key="broken", request={}) as a:
        broken_after_a_ping(line, a)
    write("二")
    assert list(Envelope.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert Channel.objects.get(to_node=line.name).last_seq == 2


def test_a_line_that_is_down_waits_shows_since_when_and_is_never_given_up(house, line, write):
    line.down = True
    write("一")
    begins = house.clock.at
    tried = []
    for _each in range(8):
        assert go(line) == 0
        peer = Peer.objects.get()
        tried.append(peer.next_at - house.clock.at)
        house.clock.move_to(peer.next_at)
    assert tried == [*lines_jobs.WAITS, *[lines_jobs.WAITS[-1]] * 3]
    house.clock.move_by(days=60)
    go(line)
    found = stand()
    assert (found.state, found.waiting, found.waiting_since) == ("failing", 1, begins)
    assert found.peer.failing_since == begins
    line.down = False
    house.clock.move_by(seconds=10)
    assert go(line) == 1
    assert (stand().state, stand().peer.failing_since, stand().waiting) == ("up", None, 0)


def test_an_answer_that_was_lost_costs_another_sending_and_nothing_else(house, line, write):
    for n in range(3):
        write(f"{n}")

    def lost(*request):
        line.call(*request)
        raise wire.NotReached("timeout")

    assert lines_jobs.send_lines(caller=lost) == 0
    assert sorted(line.got) == [1, 2, 3]
    house.clock.move_by(seconds=1)
    assert go(line) == 3
    assert stand().waiting == 0


def test_what_was_erased_goes_as_its_number_alone_to_a_peer_that_was_put_back(house, line, write):
    for n in range(4):
        write(f"{n}")
    go(line)
    Envelope.objects.filter(seq__in=(2, 4)).update(text=b"")
    kept = line.got
    line.got = {1: kept[1]}  # an older copy
    house.clock.move_by(minutes=2)
    go(line)
    again = [line.got[seq] for seq in (2, 4)]
    assert line.got[3] == kept[3]
    assert [(each.kind, each.body, each.from_desk, each.thread) for each in again] == [
        ("erased", {}, "", f"node:{nodes.own().name}")
    ] * 2
    assert [each.id for each in again] == [kept[2].id, kept[4].id]
    assert (stand().state, stand().waiting) == ("up", 0)


def test_a_line_on_which_nothing_moves_waits_and_a_peer_that_asks_for_ever_has_its_turn_like_others(
    house, line, write, monkeypatch
):
    for n in range(3):
        write(f"{n}")
    go(line)
    Envelope.objects.filter(seq=3).delete()  # by hand: there is nothing under this number
    del line.got[3]
    house.clock.move_by(minutes=2)
    go(line)
    assert Peer.objects.get().last_error == "envelope:no_progress"
    assert Peer.objects.get().next_at > house.clock.at
    asked = []

    def forgetful(*request):
        asked.append(request)
        line.got = {1: line.got[1]}
        answer = line.call(*request)
        line.got = {1: line.got[1]}
        return answer

    monkeypatch.setattr(lines_jobs, "AT_ONCE", 5)
    write("4")
    house.clock.move_by(minutes=2)
    lines_jobs.send_lines(caller=forgetful)
    assert len(asked) <= 5


def test_two_acts_that_tell_the_same_nodes_in_another_order_do_not_wait_for_one_another(house, line, clerk):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    began, told = threading.Event(), []

    def tell(*names: str) -> None:
        with act("tests.told", by=clerk, key=names[0], request={}) as a:
            for name in names:
                told.append(lines_out.taken(name).last_seq)
                a.result = {"told": name}
                if names[0] == "aside" and not began.is_set():
                    began.set()
                    wait_until_somebody_waits()

    def tells() -> None:
        began.wait(20)
        tell(line.name, "aside")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(tells)
        tell("aside", line.name)
        other.result(20)
    assert sorted(told) == [1, 1, 2, 2]


def wait_until_somebody_waits() -> None:
    """Wait until another connection waits for a lock."""
    for _each in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def holder_that_was_killed() -> str:
    """The lease of a process of this machine that is no more."""
    say = "from tongxin.heart.exchange import leases\nwith leases.holder() as name: print(name)"
    done = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_lease_of_a_killed_process_holds_nobody_up_and_that_of_a_living_one_does(house, line, write):
    write("一")
    until = house.clock.at + timedelta(hours=1)
    elsewhere = "another-machine:1.1:00000000"
    with leases.holder() as ours:
        for name in (ours, elsewhere):
            Peer.objects.update(lease_owner=name, lease_until=until)
            assert go(line) == 0, name
        one, began, *_rest = ours.split(":")[1].split(".")
        same_number_later = ours.replace(f":{one}.{began}:", f":{one}.{int(began) + 1}:")
    for name in (ours, same_number_later, holder_that_was_killed()):
        write(name)
        Peer.objects.update(lease_owner=name, lease_until=until)
        assert go(line) > 0, name
    assert len(leases.holder().__enter__()) <= Peer._meta.get_field("lease_owner").max_length


def test_a_sending_that_fails_unforeseen_gives_its_lease_back(house, line, write):
    def breaks(*_request):
        raise RuntimeError("示例")

    write("一")
    with pytest.raises(RuntimeError):
        lines_jobs.send_lines(caller=breaks)
    assert go(line) == 1


def test_a_line_that_failed_is_tried_as_soon_as_the_peer_is_heard(house, line, write):
    line.down = True
    write("一")
    for _each in range(6):
        go(line)
        house.clock.move_to(Peer.objects.get().next_at)
    go(line)
    line.down = False
    assert go(line) == 0, "it waits"
    lines_in.take(*line.batch())
    assert go(line) == 1


def test_what_the_peer_refuses_for_now_is_not_tried_sooner_because_it_is_heard(house, line, write):
    write("一")

    def not_yet(address, path, body, signature):
        told = [lines.Told(id=str(Envelope.objects.get().pk), seq=1, result="refused", reason="too_far_ahead",
                           counted=False)]  # fmt: skip
        return line.answer(body, "main", lines.Inbox(), told)

    lines_jobs.send_lines(caller=not_yet)
    lines_in.take(*line.batch())
    assert Peer.objects.get().next_at > house.clock.at


def test_a_slow_answer_is_waited_for_longer_than_a_connection(monkeypatch):
    monkeypatch.setattr(wire, "CONNECT", 0.2)

    def slow(asked):
        time.sleep(0.6)
        asked.send_response(200)
        asked.end_headers()

    with receivers.web(slow) as web:
        address = web.address.removesuffix("/hook")
        assert wire.call(address, wire.ENVELOPES, b"{}", "").status == 200
        monkeypatch.setattr(wire, "TOTAL", 0.2)
        with pytest.raises(wire.NotReached, match="timeout"):
            wire.call(address, wire.ENVELOPES, b"{}", "")


def test_a_peer_that_lost_its_tail_is_sent_it_again(house, line, write):
    for n in range(4):
        write(f"{n}")
    go(line)
    del line.got[3], line.got[4]
    house.clock.move_by(minutes=2)
    go(line)
    house.clock.move_by(seconds=10)
    go(line)
    assert sorted(line.got) == [1, 2, 3, 4]
    assert stand().acked == 4


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda r, _l: wire.Reply(200, r.body, ""), "answer_unsigned"),
        (lambda r, _l: wire.Reply(200, r.body + b" ", r.signature), "answer_bad_signature"),
        (lambda r, _l: wire.Reply(200, r.body, SecondNode(seed=9).sign(r.body)), "answer_wrong_key"),
        (lambda r, n: wire.Reply(200, b"[]", n.sign(b"[]")), "answer_wrong_format"),
        (lambda _r, n: n.answer(b"another request", "main", lines.Inbox(), []), "answer_wrong_request"),
        (lambda r, n: n.answer(b"", "langfang", lines.Inbox(), []), "answer_wrong_request"),
        (lambda _r, _n: wire.Reply(502, b"<html>", ""), "http:502"),
    ],
)
def test_what_is_not_the_peers_own_answer_to_this_request_settles_nothing(house, line, write, spoil, error):
    write("一")
    lines_jobs.send_lines(caller=lambda *request: spoil(line.call(*request), line))
    assert Envelope.objects.get().state == "waiting"
    assert Peer.objects.get().last_error == error


def test_the_peers_own_refusal_is_shown_in_words(house, line, write, in_english):
    from tongxin.heart.exchange import lines_words
    from tongxin.shared import canonical, clock

    write("一")

    def refuses(_address, _path, body, _signature):
        said = lines.Refusal(node=line.name, request=nodes.digest(body), at=clock.iso(clock.now()),
                             code="peer_not_confirmed", what="x")  # fmt: skip
        text = canonical.dumps(said.model_dump())
        return wire.Reply(403, text, line.sign(text))

    lines_jobs.send_lines(caller=refuses)
    found = stand()
    assert (found.state, found.peer.knows_us) == ("not_known_there", False)
    assert "nobody there has confirmed" in lines_words.fault(found.peer.last_error)


def test_what_the_peer_refuses_for_good_rings_who_sent_it_and_the_next_goes_on(house, line, write):
    write("一"), write("二")

    def refuses_the_first(address, path, body, signature):
        reply = line.call(address, path, body, signature)
        said = json.loads(reply.body)
        told = [lines.Told(**t) for t in said["envelopes"]]
        told[0] = told[0].model_copy(update={"result": "refused", "reason": "desk_not_here"})
        return line.answer(body, "main", lines.Inbox().take(1).take(2), told)

    lines_jobs.send_lines(caller=refuses_the_first)
    assert list(Envelope.objects.order_by("seq").values_list("state", "reason")) == [
        ("refused", "desk_not_here"),
        ("arrived", ""),
    ]
    assert Notification.objects.get(kind="line_refused").desk_id == HERE


def test_a_note_that_could_not_be_applied_there_is_shown_as_refused(house, line, write, clerk):
    done = write("一")
    go(line)
    body = {"code": "invalid", "envelope": done["note"], "seq": 1}
    told = line.letter("cannot_apply", from_desk="", to_desk="", body=body, in_reply_to=done["note"])
    lines_in.take(*line.batch(told))
    lines_in.apply_all()
    row = lines_notes.notes(clerk).get(pk=done["note"])
    assert lines_notes.stand_of([row])[row.pk].state == "refused"
    assert Notification.objects.get(kind="line_refused").desk_id == HERE


def test_clocks_that_differ_are_told_once_a_day_and_order_nothing(house, line, write):
    line.clock_off_by = timedelta(days=-1)
    write("一")
    go(line)
    found = stand()
    assert found.skewed
    assert abs(found.peer.skew_ms + 86_400_000) < 1000
    rung = Notification.objects.filter(kind="line_skew").count()
    assert rung > 0
    house.clock.move_by(minutes=2)
    go(line)
    assert Notification.objects.filter(kind="line_skew").count() == rung


def test_the_same_command_again_writes_no_second_envelope(house, line, write):
    assert write("一", key="k") == write("一", key="k")
    assert Envelope.objects.count() == 1


def test_what_may_not_be_written_is_refused_and_leaves_nothing(house, second, line, write, clerk):
    for text in ("", " \n", "x" * 4001, "a\x00b"):
        with pytest.raises(Invalid):
            write(text, key="bad")
    with pytest.raises(NotFound):
        write("一", key="bad", reply_to="00000000-0000-4000-8000-000000000000")
    with pytest.raises(NotAllowed):
        lines_notes.send_note(by=house.acting("auditor"), key="bad", to_desk=THERE, text="示例")
    assert not Envelope.objects.exists()
    assert not IdempotencyKey.objects.filter(key="bad").exists()


def test_nothing_goes_to_a_peer_whose_key_nobody_confirmed(house, second, clerk):
    peers.add(by=SYSTEM, key="add", address="http://localhost:9", identity=second.identity())
    peers.place(by=SYSTEM, key="place", desks=[THERE], peer=second.name)
    with pytest.raises(Conflict, match="peer_not_confirmed"):
        lines_notes.send_note(by=clerk, key="n", to_desk=THERE, text="示例")
    assert go(second) == 0
    with pytest.raises(Invalid):
        peers.confirm(by=SYSTEM, key="c", peer=second.name, fingerprint="0" * 64)
    with pytest.raises(NotAllowed):
        peers.confirm(by=clerk, key="c", peer=second.name, fingerprint=second.key)
    peers.confirm(
        by=house.acting("wuqing-admin"),
        key="c",
        peer=second.name,
        fingerprint=" ".join(lines.groups(second.key.upper())),
    )
    lines_notes.send_note(by=clerk, key="n", to_desk=THERE, text="示例")
    assert go(second) == 1


def test_a_kind_that_nobody_applies_is_refused_before_anything_is_written(house, line, clerk):
    from tongxin.heart.exchange import actions

    with (
        pytest.raises(Conflict, match="does_not_cross"),
        act("tests.sent", by=clerk, key="s", request={}) as a,
    ):
        actions.send(
            "of_the_future", from_desk=HERE, to_desk=THERE, thread="note:1", basis="", body={}, at=a.at
        )
    assert not Message.objects.filter(kind="of_the_future").exists()


@pytest.mark.parametrize(
    ("address", "mode", "fine"),
    [
        ("https://node.example.org", "run", True),
        ("https://node.example.org:8443/", "run", True),
        ("http://localhost:8000", "demo", True),
        ("http://127.0.0.1:8000", "test", True),
        ("http://localhost:8000", "run", False),
        ("http://node.example.org", "demo", False),
        ("http://10.1.2.3", "test", False),
        ("https://a@node.example.org", "run", False),
        ("https://node.example.org/path", "run", False),
        ("ftp://node.example.org", "run", False),
        ("https://", "run", False),
        ("https://node.example.org:99999", "run", False),
    ],
)
def test_an_address_is_https_but_for_this_machine_in_a_try(address, mode, fine):
    with override_settings(MODE=mode):
        if fine:
            assert nodes.checked_address(address) == address.rstrip("/")
        else:
            with pytest.raises(Invalid):
                nodes.checked_address(address)


def test_a_certificate_that_nobody_vouches_for_is_not_taken(tmp_path):
    import ssl

    from tests.support.certificates import for_localhost

    certificate, key = for_localhost(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with receivers.web(200, tls=tls) as web:
        address = web.address.replace("http://127.0.0.1", "https://localhost").removesuffix("/hook")
        with pytest.raises(wire.NotReached, match="tls"):
            wire.call(address, wire.ENVELOPES, b"{}", "")
        with override_settings(NODE_CA=certificate):
            assert wire.call(address, wire.ENVELOPES, b"{}", "").status == 200
    assert len(web.got) == 1
