"""The live log: as written it verifies; any one change to any row is named."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.properties import examples
from tongxin.heart.ledger import actions, crew, keys, tree, verify
from tongxin.heart.ledger.models import Checkpoint, Entry, Log, Payload, TreeNode
from tongxin.heart.ledger.tests.building import grow
from tongxin.heart.ledger.verify import Kind

pytestmark = pytest.mark.django_db

ENTRIES = 22  # and entry 0: a tree of 23 leaves has peaks of 16, 4, 2 and 1


@pytest.fixture(params=[8192, 4])
def log(request, monkeypatch):
    """The log in one stretch, and in six that are joined."""
    monkeypatch.setattr(verify, "STRETCH", request.param)
    grow(ENTRIES, checkpoints=[4, 9, 15, ENTRIES - 1])


def found_after(change) -> set[tuple[Kind, int, int]]:
    """Do `change`, verify, take it back; return what was named."""
    with transaction.atomic():
        with (
            connection.constraint_checks_disabled() if connection.vendor == "sqlite" else transaction.atomic()
        ):
            change()
        report = verify.verify_log()
        transaction.set_rollback(True)
    assert not report.holds
    return {(f.kind, f.start, f.end) for f in report.findings}


def bent(value: bytes, at: int) -> bytes:
    at %= len(value)
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


def test_an_empty_log_and_one_as_written_hold():
    assert verify.verify_log().holds
    grow(5)
    assert verify.verify_log().holds


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 33])
def test_logs_of_all_shapes_hold_in_stretches_of_any_size(count, monkeypatch):
    monkeypatch.setattr(verify, "STRETCH", 4)
    monkeypatch.setattr(verify, "TASKS", 2)
    grow(count, checkpoints=range(0, count, 3))
    report = verify.verify_log()
    assert report.holds, report.findings
    assert report.size == count + 1


places = st.integers(0, ENTRIES)
BOUNDED = settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@BOUNDED
@given(index=places, at=st.integers(0, 5000))
def test_a_changed_body_is_named_by_its_entry(log, index, at):
    body = bytes(Entry.objects.get(pk=index).body)
    found = found_after(lambda: Entry.objects.filter(pk=index).update(body=bent(body, at)))
    assert found & {(Kind.CHANGED, index, index + 1), (Kind.REORDERED, index, index + 1)}
    assert {start for _kind, start, _end in found} == {index}, "and no other entry is accused"


@BOUNDED
@given(index=places, at=st.integers(0, 31))
def test_a_changed_stored_leaf_is_named(log, index, at):
    leaf = bytes(Entry.objects.get(pk=index).leaf)
    found = found_after(lambda: Entry.objects.filter(pk=index).update(leaf=bent(leaf, at)))
    assert any(start <= index < end for _kind, start, end in found)


@BOUNDED
@given(index=places, at=st.integers(0, 5000))
def test_a_body_changed_together_with_its_leaf_is_named(log, index, at):
    body = bent(bytes(Entry.objects.get(pk=index).body), at)
    found = found_after(lambda: Entry.objects.filter(pk=index).update(body=body, leaf=tree.leaf_hash(body)))
    assert any(kind in {Kind.CHANGED, Kind.REORDERED} and start <= index < end for kind, start, end in found)


@BOUNDED
@given(index=places, word=st.sampled_from(["act", "desk", "post", "subject", "cause", "basis"]))
def test_a_column_that_says_something_else_is_named(log, index, word):
    found = found_after(lambda: Entry.objects.filter(pk=index).update(**{word: "other"}))
    assert found == {(Kind.COPY_CHANGED, index, index + 1)}


@BOUNDED
@given(index=places)
def test_a_removed_entry_is_named(log, index):
    def remove():
        Payload.objects.filter(entry_id=index).delete()
        Entry.objects.filter(pk=index).delete()

    found = found_after(remove)
    kind = Kind.CUT if index == ENTRIES else Kind.REMOVED
    assert (kind, index, index + 1) in found


@BOUNDED
@given(first=places, second=places)
def test_two_entries_in_each_others_place_are_named(log, first, second):
    if first == second:
        return
    one, two = bytes(Entry.objects.get(pk=first).body), bytes(Entry.objects.get(pk=second).body)

    def swap():
        Entry.objects.filter(pk=first).update(body=two, leaf=tree.leaf_hash(two))
        Entry.objects.filter(pk=second).update(body=one, leaf=tree.leaf_hash(one))

    found = found_after(swap)
    assert {(Kind.REORDERED, i, i + 1) for i in (first, second)} <= found


@BOUNDED
@given(index=places, at=st.integers(0, 5000), salt=st.booleans())
def test_a_changed_payload_or_salt_is_named(log, index, at, salt):
    row = Payload.objects.get(entry_id=index)
    change = {"salt": bent(bytes(row.salt), at)} if salt else {"body": bent(bytes(row.body), at)}
    found = found_after(lambda: Payload.objects.filter(entry_id=index).update(**change))
    assert found == {(Kind.PAYLOAD_CHANGED, index, index + 1)}


@BOUNDED
@given(index=places)
def test_a_payload_that_is_gone_without_a_word_is_named(log, index):
    found = found_after(lambda: Payload.objects.filter(entry_id=index).delete())
    assert found == {(Kind.PAYLOAD_MISSING, index, index + 1)}


@BOUNDED
@given(which=st.integers(0, 1000), at=st.integers(0, 31), remove=st.booleans())
def test_a_changed_or_missing_tree_node_is_named(log, which, at, remove):
    nodes = list(TreeNode.objects.order_by("level", "index"))
    node = nodes[which % len(nodes)]
    row = TreeNode.objects.filter(pk=node.pk)
    found = found_after(row.delete if remove else lambda: row.update(hash=bent(bytes(node.hash), at)))
    span = (node.index << node.level, (node.index + 1) << node.level)
    assert found == {(Kind.TREE_CHANGED, *span)}


@BOUNDED
@given(
    size=st.sampled_from([6, 11, 17, ENTRIES + 1]),
    field=st.sampled_from(["root", "signature", "public_key", "key_id", "at", "node"]),
    at=st.integers(0, 63),
)
def test_a_changed_checkpoint_is_named(log, size, field, at):
    row = Checkpoint.objects.get(pk=size)
    value = getattr(row, field)
    if field == "at":
        changed = value.replace(year=2027)
    elif isinstance(value, str):
        changed = "other"
    else:
        changed = bent(bytes(value), at)
    found = found_after(lambda: Checkpoint.objects.filter(pk=size).update(**{field: changed}))
    assert found == {(Kind.CHECKPOINT_CHANGED, size, size)}


def test_a_checkpoint_signed_by_another_key_is_named(log, tmp_path, settings):
    settings.DATA = tmp_path
    other = keys.node_key()
    row = Checkpoint.objects.get(pk=11)

    def sign_again():
        from tongxin.heart.ledger.queries import signed_text

        Checkpoint.objects.filter(pk=11).update(
            public_key=other.public, key_id=other.key_id, signature=other.sign(signed_text(row))
        )

    assert found_after(sign_again) == {(Kind.CHECKPOINT_CHANGED, 11, 11)}


@pytest.mark.parametrize("left", [0, 1, 8, 16, 17, 22])
def test_a_cut_log_is_named_even_when_head_and_tree_were_cut_with_it(log, left):
    def cut():
        Payload.objects.filter(entry_id__gte=left).delete()
        Entry.objects.filter(pk__gte=left).delete()
        for node in TreeNode.objects.all():
            if (node.index + 1) << node.level > left:
                node.delete()
        peaks: list[bytes] = []
        for n, entry in enumerate(Entry.objects.order_by("index")):
            tree.grow(peaks, n, bytes(entry.leaf))
        last = Entry.objects.order_by("-index").first()
        Log.objects.update(size=left, peaks=b"".join(peaks), last_at=last.at if last else None)

    assert (Kind.CUT, left, ENTRIES + 1) in found_after(cut)


def test_an_entry_past_the_head_is_named(log):
    body = bytes(Entry.objects.get(pk=3).body)

    def insert():
        row = Entry.objects.get(pk=3)
        row.index, row.leaf = ENTRIES + 1, tree.leaf_hash(body)
        row.save(force_insert=True)

    assert found_after(insert) == {(Kind.INSERTED, ENTRIES + 1, ENTRIES + 2)}


def test_a_node_over_leaves_that_do_not_exist_is_named(log):
    assert found_after(lambda: TreeNode.objects.create(level=3, index=2, hash=bytes(32))) == {
        (Kind.TREE_CHANGED, 16, 24)
    }
    assert found_after(lambda: TreeNode.objects.create(level=0, index=2, hash=bytes(32)))


@pytest.mark.parametrize(
    "change", [{"peaks": bytes(128)}, {"key_id": "x"}, {"node": "other"}, {"algorithm": "md5"}]
)
def test_a_changed_head_is_named(log, change):
    assert found_after(lambda: Log.objects.update(**change))


def test_a_rewritten_history_is_named_by_the_checkpoint_it_was_not_signed_for(log):
    """The strongest forger: writes an entry anew and every hash above it, but has no key."""

    def forge():
        body = bytes(Entry.objects.get(pk=7).body).replace(b"tj-wuqing", b"tj-baodii")
        Entry.objects.filter(pk=7).update(body=body, leaf=tree.leaf_hash(body))
        peaks: list[bytes] = []
        for n, entry in enumerate(Entry.objects.order_by("index")):
            for (level, index), value in tree.grow(peaks, n, bytes(entry.leaf)):
                TreeNode.objects.filter(level=level, index=index).update(hash=value)
        Log.objects.update(peaks=b"".join(peaks))

    found = found_after(forge)
    assert (Kind.CHANGED, 6, 11) in found, "between the checkpoints over 6 and over 11 entries"


def test_a_log_without_a_head_is_named(log):
    assert found_after(lambda: Log.objects.all().delete()) == {(Kind.HEAD_CHANGED, 0, 1)}


def test_an_entry_dated_back_is_named_though_every_hash_fits():
    grow(3)
    row = Entry.objects.get(pk=3)
    body = bytes(row.body).replace(b"2026-03-09", b"2025-03-09")
    Log.objects.update(size=3)
    Entry.objects.filter(pk=3).update(body=body, leaf=tree.leaf_hash(body), at=row.at.replace(year=2025))
    peaks: list[bytes] = []
    for n, entry in enumerate(Entry.objects.order_by("index")):
        for (level, index), value in tree.grow(peaks, n, bytes(entry.leaf)):
            TreeNode.objects.filter(level=level, index=index).update(hash=value)
    Log.objects.update(size=4, peaks=b"".join(peaks), last_at=Entry.objects.get(pk=2).at)
    assert {(f.kind, f.start) for f in verify.verify_log().findings} == {(Kind.TIME, 3)}


@pytest.mark.django_db(transaction=True)
def test_child_processes_find_what_one_process_finds(monkeypatch):
    monkeypatch.setattr(verify, "STRETCH", 4)
    monkeypatch.setattr(verify, "ALONE", 0)
    grow(ENTRIES, checkpoints=[4, 9, 15, ENTRIES - 1])
    report = verify.verify_log(processes=2)
    assert (report.holds, report.processes, report.checkpoints) == (True, 2, 4)
    assert report.root == verify.verify_log().root
    Entry.objects.filter(pk=7).update(desk="other")
    Payload.objects.filter(entry_id=13).delete()
    TreeNode.objects.filter(level=3, index=1).update(hash=bytes(32))
    assert verify.verify_log(processes=2).findings == verify.verify_log().findings
    assert {f.start for f in verify.verify_log(processes=2).findings} == {7, 8, 13}


@pytest.mark.django_db(transaction=True)
def test_a_child_that_dies_leaves_its_work_to_this_process(monkeypatch):
    monkeypatch.setattr(verify, "STRETCH", 4)
    monkeypatch.setattr(verify, "ALONE", 0)
    grow(ENTRIES)
    first = crew.Crew.fields_and_payloads

    def after_a_death(workers, spans):
        for child in workers._children:
            child.kill()
        return first(workers, spans)

    monkeypatch.setattr(crew.Crew, "fields_and_payloads", after_a_death)
    report = verify.verify_log(processes=2)
    assert (report.holds, report.size, report.processes) == (True, ENTRIES + 1, 1)
    monkeypatch.setattr(crew.sys, "executable", "/nowhere/python")
    assert verify.verify_log(processes=2).holds


@pytest.mark.django_db(transaction=True)
def test_a_child_cannot_write():
    grow(1)
    read = crew._reader(connection.vendor, crew._address())
    assert read("SELECT size FROM ledger_log WHERE id = %s", (1,)) == [(2,)]
    with pytest.raises(Exception, match=r"read-?only"):
        read("DELETE FROM ledger_payload WHERE entry_id = %s", (1,))


def test_a_row_of_another_type_than_it_should_be_is_named(log):
    if connection.vendor != "sqlite":
        return  # PostgreSQL holds every column to its type

    def bend():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET body = 'text', at = 'never' WHERE \"index\" = 5")
            cursor.execute("UPDATE ledger_payload SET salt = 'text' WHERE entry_id = 9")

    assert {(f[0], f[1]) for f in found_after(bend)} == {(Kind.CHANGED, 5), (Kind.PAYLOAD_CHANGED, 9)}


def test_speeds_are_told(log):
    report = verify.verify_log()
    assert set(report.seconds) == {"bytes", "fields", "joining", "all"}
    assert report.rate("bytes") > 0


def test_every_kind_has_words():
    assert set(verify.TEXTS) == set(Kind)
    assert actions.HEAD == 1
