"""What comes over a line, against the database: stored once, applied in order, refused with clear words, never in the way."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from tests.nodes.conftest import HERE, THERE
from tests.support.second_node import SecondNode
from tongxin.heart.exchange import lines, lines_in, nodes, peers, wire
from tongxin.heart.exchange.models import Envelope, Message, Notification, PeerKey
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import canonical, clock


def post(body: bytes, signature: str = "", **more):
    headers = {wire.SIGNATURE: signature} if signature else {}
    return Client().post(wire.ENVELOPES, body, content_type="application/json", headers=headers, **more)


def told(response) -> list[tuple[int, str, str]]:
    assert response.status_code == 200, response.content
    return [(e["seq"], e["result"], e["reason"]) for e in json.loads(response.content)["envelopes"]]


def test_a_note_is_stored_applied_rung_and_answered_with_a_signature(house, line):
    before = house.size()
    body, signature = line.batch(line.letter(body={"text": "示例：两行\n第二行"}))
    response = post(body, signature)
    answer = lines.read(lines.Answer, response.content, "wrong_format")
    assert (answer.highest, answer.missing, answer.request) == (1, [], nodes.digest(body))
    assert [t.result for t in answer.envelopes] == ["stored"]
    signed = lines.read_signature(response[wire.SIGNATURE])
    assert (signed.algorithm, signed.key) == ("ed25519", nodes.own().key_id)
    message = Message.objects.get(kind="note")
    assert (message.from_desk_id, message.to_desk_id, message.seq) == (THERE, HERE, 1)
    assert message.body == {"text": "示例：两行\n第二行"}
    assert Notification.objects.get(kind="note").desk_id == HERE
    assert house.size() == before + 1
    entry = Entry.objects.order_by("-index").first()
    assert (entry.act, entry.post, entry.desk) == ("exchange.envelope.applied", "node:tongzhou", THERE)


def test_the_same_again_gets_the_same_answer_and_has_no_effect(house, line):
    letter = line.letter()
    post(*line.batch(letter))
    size = house.size()
    for _each in range(3):
        assert told(post(*line.batch(letter))) == [(1, "again", "")]
    assert told(post(*line.batch(letter, letter))) == [(1, "again", "")] * 2
    assert (Message.objects.filter(kind="note").count(), house.size()) == (1, size)


def test_a_gap_is_named_and_nothing_beyond_it_is_applied_before_it_is_filled(house, line):
    letters = [line.letter(body={"text": f"{n}"}) for n in range(1, 6)]
    response = post(*line.batch(letters[3], letters[1]))
    answer = json.loads(response.content)
    assert (answer["highest"], answer["missing"]) == (0, [[1, 1], [3, 3]])
    assert not Message.objects.filter(kind="note").exists()
    post(*line.batch(letters[0]))
    assert list(Message.objects.order_by("seq").filter(kind="note").values_list("seq", flat=True)) == [1, 2]
    post(*line.batch(letters[4], letters[2]))
    entries = Entry.objects.filter(act="exchange.envelope.applied").order_by("index")
    assert [e.cause for e in entries] == [f"line:tongzhou/{n}" for n in range(1, 6)]


def erased(line: SecondNode, letter: lines.Letter) -> lines.Letter:
    """What goes in the place of a letter whose text was erased."""
    own = {"from_desk": "", "to_desk": "", "thread": "node:tongzhou", "body": {}}
    return line.letter("erased", id=letter.id, seq=letter.seq, **own)


def test_an_envelope_that_was_erased_is_the_same_by_its_number(house, line):
    first, second = line.letter(), line.letter(thread="note:2")
    assert told(post(*line.batch(second))) == [(2, "stored", "")]
    assert told(post(*line.batch(erased(line, first)))) == [(1, "stored", "")]
    lines_in.apply_all()
    assert [row.state for row in Envelope.objects.order_by("seq")] == ["applied"] * 2
    Envelope.objects.filter(seq=2).update(text=b"")
    for letter in (first, second, erased(line, first), erased(line, second)):
        assert told(post(*line.batch(letter))) == [(letter.seq, "again", "")]
    other = line.letter("erased", id=first.id, seq=3, from_desk="", to_desk="", body={})
    assert told(post(*line.batch(other))) == [(3, "refused", "id_taken")]
    assert not Message.objects.filter(id=first.id).exists()


def test_what_cannot_be_applied_is_answered_and_the_next_goes_on(house, line):
    bad = line.letter(body={"text": ""})
    good = line.letter(body={"text": "示例"})
    assert told(post(*line.batch(bad, good))) == [(1, "stored", ""), (2, "stored", "")]
    assert Envelope.objects.get(pk=bad.id).state == "refused"
    assert Message.objects.get(kind="note").seq == 2
    answer = Envelope.objects.get(kind="cannot_apply")
    assert json.loads(bytes(answer.text))["body"] == {"code": "invalid", "envelope": bad.id, "seq": 1}
    assert {"exchange.envelope.refused", "exchange.envelope.applied"} <= set(
        Entry.objects.values_list("act", flat=True)
    )


def test_a_handler_that_breaks_does_not_block_the_line(house, line, monkeypatch):
    monkeypatch.setitem(lines._handlers, "broken", lambda *_args: 1 / 0)
    post(*line.batch(line.letter("broken"), line.letter()))
    assert [e.state for e in Envelope.objects.exclude(kind="cannot_apply").order_by("seq")] == [
        "refused",
        "applied",
    ]
    assert Envelope.objects.get(kind="broken").reason == "fault_ZeroDivisionError"


def test_an_unknown_kind_is_kept_and_put_before_a_person(house, line):
    post(*line.batch(line.letter("of_the_future"), line.letter()))
    row = Envelope.objects.get(kind="of_the_future")
    assert row.state == "unknown"
    assert Notification.objects.get(kind="line_unknown").desk_id == HERE
    assert Message.objects.filter(kind="note").count() == 1


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({"from_desk": "tj-baodi/service_centre"}, "desk_not_yours"),
        ({"to_desk": "bj-tongzhou/ecology_bureau"}, "desk_not_here"),
        ({"to_desk": "tj-nowhere/service_centre"}, "desk_not_here"),
        ({"body_hash": "0" * 64}, "body_hash"),
        ({"sent_at": "2026-02-31T00:00:00.000000Z"}, "sent_at"),
    ],
)
def test_what_a_peer_signed_wrong_uses_its_number_up_and_is_answered_alike_each_time(
    house, line, what, reason
):
    wrong, good = line.letter(**what), line.letter()
    for result in ("stored", "again"):
        assert told(post(*line.batch(wrong, good))) == [(1, "refused", reason), (2, result, "")]
    assert Message.objects.filter(kind="note").count() == 1


def test_forged_altered_and_misled_envelopes_leave_no_trace(house, line):
    stranger = SecondNode(seed=9)
    forged = stranger.letter(key=line.key)
    altered = line.enclosed(line.letter(seq=1))
    altered = altered.model_copy(update={"text": altered.text.replace("示例", "别的")})
    text = stranger.letter().text()
    cases = [
        (lines.Enclosed(text=forged.text().decode(), signature=stranger.sign(forged.text())), "wrong_key"),
        (altered, "bad_signature"),
        (lines.Enclosed(text=text.decode(), signature=stranger.sign(text)), "bad_signature"),
        (line.letter(seq=1, to_node="langfang"), "wrong_channel"),
        (line.letter(seq=1, from_node="langfang"), "wrong_channel"),
        (lines.Enclosed(text="{}", signature=line.sign(b"{}")), "wrong_format"),
        (lines.Enclosed(text="示例", signature=line.sign(b"")), "not_json"),
        (lines.Enclosed(text=text.decode(), signature=""), "unsigned"),
        (lines.Enclosed(text=text.decode(), signature=f"sm2 {line.key} AAAA"), "unknown_algorithm"),
        (line.letter(seq=1, body={"text": "长" * 400_000}), "oversized"),
        (line.letter(seq=5000), "too_far_ahead"),
    ]  # fmt: skip
    for enclosed, reason in cases:
        (_seq, result, why), *_more = told(post(*line.batch(enclosed)))
        assert (result, why) == ("refused", reason)
    assert not Envelope.objects.exists()
    assert told(post(*line.batch(line.letter()))) == [(1, "stored", "")]


def test_another_envelope_under_a_used_number_or_id_is_refused(house, line):
    first = line.letter()
    post(*line.batch(first))
    other = line.letter(seq=1, id="00000000-0000-4000-8000-000000000001")
    assert told(post(*line.batch(other))) == [(1, "refused", "seq_taken")]
    changed = line.letter(seq=2, id=first.id)
    assert told(post(*line.batch(changed))) == [(2, "refused", "id_taken")]


def refusal(response) -> tuple[int, str]:
    said = lines.read(lines.Refusal, response.content, "wrong_format")
    assert lines.read_signature(response[wire.SIGNATURE]).key == nodes.own().key_id
    assert said.what not in {"", said.code}, "a refusal is said in words too"
    return response.status_code, said.code


def test_a_request_as_a_whole_is_refused_with_a_code_and_words(house, line):
    body, signature = line.batch(line.letter())
    stranger = SecondNode(name="langfang", seed=9)
    assert refusal(post(body)) == (401, "unsigned")
    assert refusal(post(body, line.sign(b"else"))) == (401, "bad_signature")
    assert refusal(post(body.replace("示例".encode(), "别的".encode()), signature)) == (401, "bad_signature")
    assert refusal(post(body, f"ed25519 {line.key} ???")) == (401, "bad_signature")
    assert refusal(post(body, f"rsa {line.key} AAAA")) == (401, "unknown_algorithm")
    assert refusal(post(*stranger.batch(stranger.letter()))) == (403, "unknown_peer")
    assert refusal(post(*line.batch(to_node="langfang"))) == (400, "wrong_channel")
    assert refusal(post(b"not json", signature)) == (400, "not_json")
    assert refusal(post(b"{}", signature)) == (400, "wrong_format")
    assert refusal(post(body + b" ", signature)) == (400, "not_canonical")
    assert refusal(post(b"x" * (lines.BATCH_MAX + 1), signature)) == (413, "oversized")
    wrong = SecondNode(seed=9)
    assert refusal(post(*wrong.batch(wrong.letter()))) == (403, "wrong_key")
    assert not Envelope.objects.exists()


def test_nothing_counts_before_the_key_is_confirmed_here(house, second):
    peers.add(by=SYSTEM, key="add", address="http://localhost:9", identity=second.identity())
    assert refusal(post(*second.batch(second.letter()))) == (403, "peer_not_confirmed")
    assert not Envelope.objects.exists()


def test_a_new_key_needs_a_new_confirmation_and_old_envelopes_stay_verifiable(house, line):
    old = line.letter()
    post(*line.batch(old))
    renewed = SecondNode(seed=8)
    peers.move(
        by=SYSTEM, key="move", peer="tongzhou", address="http://localhost:9", identity=renewed.identity()
    )
    assert refusal(post(*renewed.batch(renewed.letter(seq=2)))) == (403, "wrong_key")
    peers.confirm(by=SYSTEM, key="confirm-2", peer="tongzhou", fingerprint=renewed.key)
    assert refusal(post(*line.batch())) == (403, "wrong_key")
    waiting = line.enclosed(line.letter(seq=2))  # written and signed before the key changed
    assert told(post(*renewed.batch(waiting, renewed.letter(seq=3)))) == [
        (2, "stored", ""),
        (3, "stored", ""),
    ]
    row = Envelope.objects.get(pk=old.id)
    assert nodes.holds_ever("tongzhou", row.signature, bytes(row.text))
    assert PeerKey.objects.count() == 2


def test_the_answer_names_what_the_clock_says_and_order_is_by_number(house, line):
    line.clock_off_by = timedelta(days=-1)
    letters = [line.letter(body={"text": "一"})]
    line.clock_off_by = timedelta(days=1)
    letters.append(line.letter(body={"text": "二"}))
    post(*line.batch(*reversed(letters)))
    from tongxin.heart.exchange import lines_notes

    rows = lines_notes.notes(house.acting("wuqing-clerk", "tj-wuqing-services/window_clerk"))
    assert [row.body["text"] for row in rows] == ["二", "一"]
    assert all(row.here_at == clock.now() for row in rows)


def test_a_ping_is_answered_by_a_pong(house, line):
    ping = line.letter("ping", from_desk="", to_desk="", body={}, thread="node:tongzhou")
    post(*line.batch(ping))
    pong = json.loads(bytes(Envelope.objects.get(kind="pong").text))
    assert (pong["in_reply_to"], pong["to_node"], pong["seq"]) == (ping.id, "tongzhou", 1)


def test_the_identity_is_signed_with_the_key_that_it_names(house):
    response = Client().get(wire.IDENTITY)
    said = nodes.read_identity(response.content, response[wire.SIGNATURE])
    assert (said.node, said.key) == ("main", nodes.own().key_id)
    wrong = canonical.dumps(json.loads(response.content) | {"node": "other"})
    with pytest.raises(lines.Faulty, match="bad_signature"):
        nodes.read_identity(wrong, response[wire.SIGNATURE])


def test_what_was_stored_when_the_server_died_is_applied_at_the_next_look(house, line):
    body, signature = line.batch(line.letter(), line.letter())
    lines_in.take(body, signature)
    assert not Message.objects.filter(kind="note").exists()
    assert lines_in.apply_all() == 2
    assert lines_in.apply_all() == 0
    assert Message.objects.filter(kind="note").count() == 2
