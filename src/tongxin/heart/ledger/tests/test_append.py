"""What an append promises: gap-free, in order of time, last in a transaction, codes only."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import transaction

from tongxin.heart.ledger import actions, keys, queries, verify
from tongxin.heart.ledger.form import payload_hash
from tongxin.heart.ledger.models import Entry, Log, Payload
from tongxin.heart.ledger.tests.building import MORNING, draft, grow
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


def test_entry_0_names_node_hash_format_and_key():
    grow(1)
    body = json.loads(bytes(queries.entry(0).body))
    assert (body["act"], body["node"], body["alg"], body["format"]) == (
        "ledger.opened", "main", "sha256", "tongxin-ledger/1",
    )  # fmt: skip
    assert body["key"] == keys.node_key().key_id
    assert set(json.loads(bytes(queries.entry(1).body))) == {
        "index", "at", "node", "desk", "post", "act", "subject", "cause", "basis", "payload_hash", "proof",
    }  # fmt: skip


def test_opening_twice_opens_once():
    for _ in range(2):
        with transaction.atomic():
            actions.open_log(MORNING)
    assert queries.head().size == 1


def test_append_returns_indices_and_an_act_of_several_entries_stays_together():
    with transaction.atomic():
        first = actions.append([draft(0), draft(1), draft(2)])
    with transaction.atomic():
        assert actions.append([]) == []
        second = actions.append([draft(3)])
    assert (first, second) == ([1, 2, 3], [4])


def test_time_in_the_log_never_runs_backwards_even_where_a_clock_does():
    with transaction.atomic():
        actions.append([draft(10)])
        actions.append([replace(draft(11), at=MORNING)])
    times = list(Entry.objects.order_by("index").values_list("at", flat=True))
    assert times == sorted(times)
    assert verify.verify_log().holds


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_appended():
    with pytest.raises(RuntimeError):
        actions.append([draft(0)])
    with pytest.raises(RuntimeError):
        actions.open_log()
    assert not Log.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_entry():
    grow(2)
    with pytest.raises(TypeError), transaction.atomic():
        actions.append([draft(2), replace(draft(3), payload={"no": {"form"}})])
    assert queries.head().size == 3
    grow(1, start=5)
    assert [e.index for e in queries.entries()] == [3, 2, 1, 0]
    assert verify.verify_log().holds


@pytest.mark.parametrize(
    "change",
    [{"subject": "case:A B"}, {"cause": "because it\nrained"}, {"basis": "x" * 161}, {"desk": "a\u3000b"}],
)
def test_free_text_and_overlong_codes_are_refused(change):
    with pytest.raises(ValueError, match="code"), transaction.atomic():
        actions.append([replace(draft(0), **change)])


def test_a_payload_without_one_form_is_refused():
    with pytest.raises(TypeError), transaction.atomic():
        actions.append([replace(draft(0), payload={"flow": 1.5})])


def test_equal_payloads_have_different_hashes_because_of_the_salt():
    with transaction.atomic():
        actions.append([draft(0), draft(0)])
    one, two = (json.loads(bytes(queries.entry(i).body))["payload_hash"] for i in (1, 2))
    assert one != two
    kept = Payload.objects.get(entry_id=1)
    assert payload_hash(bytes(kept.salt), bytes(kept.body)).hex() == one


def test_a_checkpoint_is_signed_only_when_the_log_grew():
    assert actions.checkpoint() is None
    grow(3)
    first = actions.checkpoint()
    assert first is not None
    assert first.size == 4
    assert actions.checkpoint() is None
    grow(1, start=3)
    assert actions.checkpoint().size == 5
    text = queries.signed_text(first)
    assert keys.signature_holds(bytes(first.public_key), bytes(first.signature), text)
    assert not keys.signature_holds(bytes(first.public_key), bytes(first.signature), text + b"x")


def test_no_checkpoint_is_signed_over_a_log_that_was_cut():
    grow(3, checkpoints=[2])
    Log.objects.update(size=2)
    with pytest.raises(Conflict, match="log_is_cut"):
        actions.checkpoint()


def test_a_new_node_key_is_named_by_an_entry_before_it_signs(settings, tmp_path):
    grow(2, checkpoints=[1])
    settings.DATA = tmp_path
    grow(1, start=2)
    signed = actions.checkpoint()
    assert signed.key_id == keys.node_key().key_id
    last = queries.entries(limit=1)[0]
    assert (last.act, last.subject) == ("ledger.key.changed", f"key:{signed.key_id}")
    assert verify.verify_log().holds


def test_the_key_file_is_the_servers_own(settings, tmp_path):
    settings.DATA = tmp_path
    made = keys.node_key()
    file = tmp_path / "keys" / "node-ed25519.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    keys._load.cache_clear()
    assert keys.node_key().key_id == made.key_id
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_erasing_removes_payload_and_salt_and_says_so():
    grow(3)
    with transaction.atomic():
        said = actions.erase(2, desk="tj-wuqing/coordination_office", post="p", at=clock.now(), basis="law")
        actions.append([said])
    assert not Payload.objects.filter(entry_id=2).exists()
    report = verify.verify_log()
    assert report.holds
    assert [(f.kind, f.start) for f in report.findings] == [(verify.Kind.PAYLOAD_ERASED, 2)]
    with pytest.raises(NotFound), transaction.atomic():
        actions.erase(2, desk="d", post="p", at=clock.now(), basis="law")
