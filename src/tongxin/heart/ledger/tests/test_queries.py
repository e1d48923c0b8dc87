"""Reads: threads, pages, proofs, and who may see a payload."""

from __future__ import annotations

import pytest

from tongxin.heart.ledger import actions, pages, queries, sights, tree
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.tests.building import Looker, grow
from tongxin.shared.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_thread_is_the_thing_and_what_lies_below_it_and_nothing_that_only_begins_alike():
    grow(12)
    subjects = [line.entry.subject for line in queries.timeline("case:WT-2026-000001")]
    assert subjects == [f"case:WT-2026-000001/step:{n}" for n in (1, 5, 9)]
    assert queries.timeline("case:WT-2026-00000") == []
    assert queries.timeline("CASE:WT-2026-000001") == []
    assert queries.timeline("case:WT-2026-000001/step:1")[0].payload["number"] == 1
    assert queries.timeline("case:WT-2026-00000_/step:1") == []


def test_a_side_is_all_its_desks():
    grow(6)
    assert [e.index for e in queries.entries_by("tj-wuqing")] == [1, 4]
    assert [e.index for e in queries.entries_by("tj-wuqing/service_centre")] == [1, 4]
    assert not queries.entries_by("tj-wu").exists()


def test_pages_go_back_from_the_latest():
    grow(10)
    first = queries.entries(limit=4)
    assert [e.index for e in first] == [10, 9, 8, 7]
    assert [e.index for e in queries.entries(limit=4, before=7)] == [6, 5, 4, 3]
    assert [e.act for e in queries.entries(act="ecology")] == ["ecology.incident.notified"] * 5
    assert queries.entries(act="ecolog") == []


def test_every_filter_gives_what_a_look_at_each_entry_gives(monkeypatch):
    monkeypatch.setattr(pages, "BRANCHES", 1)
    grow(30)
    everything = list(Entry.objects.order_by("-index"))

    def fits(value, asked, separator):
        return not asked or value == asked or value.startswith(asked + separator)

    for act in ("", "cases", "cases.filed", "ecology", "cas", "none"):
        for desk in ("", "tj-wuqing", "tj-wuqing/service_centre", "tj", "bj-tongzhou"):
            for subject in ("", "case:WT-2026-000001", "case:WT-2026-000001/step:1", "case:WT-2026-00000"):
                for before in (None, 20, 0):
                    expected = [
                        e.index
                        for e in everything
                        if fits(e.act, act, ".") and fits(e.desk, desk, "/") and fits(e.subject, subject, "/")
                        if before is None or e.index < before
                    ]
                    got = queries.entries(act=act, desk=desk, subject=subject, before=before, limit=5)
                    assert [e.index for e in got] == expected[:5], (act, desk, subject, before)


def test_every_proof_of_a_small_log_holds():
    grow(20)
    leaves = [bytes(e.leaf) for e in Entry.objects.order_by("index")]
    size = queries.head().size
    assert size == 21
    for upto in range(1, size + 1):
        for index in range(upto):
            proof = queries.inclusion_proof(index, upto)
            assert proof.leaf == leaves[index]
            assert tree.inclusion_holds(index, upto, proof.leaf, proof.path, proof.root)
        between = queries.consistency_proof(upto)
        assert tree.consistency_holds(upto, size, between.old_root, between.new_root, between.path)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 99), (5, None)])
def test_a_proof_of_what_is_not_there_is_refused(index, size):
    grow(3)
    with pytest.raises(NotFound):
        queries.inclusion_proof(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (1, 99), (-1, 2)])
def test_consistency_of_what_is_not_there_is_refused(old, new):
    grow(3)
    with pytest.raises(NotFound):
        queries.consistency_proof(old, new)


def test_an_empty_log_has_no_head_and_no_proofs():
    assert queries.head() is None
    with pytest.raises(NotFound):
        queries.inclusion_proof(0)
    for index in (0, -1, 1 << 80):
        with pytest.raises(NotFound):
            queries.entry(index)


def test_payloads_are_for_the_own_side_where_no_room_speaks_for_the_subject(monkeypatch):
    monkeypatch.delitem(sights._sights, "case", raising=False)
    grow(6)
    rows = list(queries.entries_of("case:WT-2026-000001"))  # by Tongzhou (index 2) and Langfang (index 6)
    states = lambda looker, **kw: [line.state for line in queries.lines(rows, visible_to=looker, **kw)]  # noqa: E731
    assert states(None) == ["withheld", "withheld"]
    assert states(Looker("bj-tongzhou")) == ["shown", "withheld"]
    assert states(Looker("bj")) == ["withheld", "withheld"]
    assert states(Looker("")) == ["withheld", "withheld"]
    assert states(Looker("tj-wuqing"), subjects=["case:WT-2026-000001"]) == ["shown", "shown"]


def test_where_a_room_speaks_for_the_subject_it_rules_beside_the_desk_that_wrote(monkeypatch):
    monkeypatch.setitem(sights._sights, "case", lambda looker, subject: looker.jurisdiction == "tj-wuqing")
    grow(6)
    rows = list(queries.entries_of("case:WT-2026-000001"))
    written = rows[0].desk
    states = lambda looker: [line.state for line in queries.lines(rows, visible_to=looker)]  # noqa: E731
    assert states(Looker("tj-wuqing")) == ["shown", "shown"]
    assert states(Looker(written.split("/")[0], written))[0] == "shown"
    assert states(Looker(written.split("/")[0], written + "-next-door"))[0] == "withheld"


def test_a_note_is_signed_lines_an_empty_line_and_signatures():
    grow(2, checkpoints=[1])
    signed = queries.latest_checkpoint()
    text, _, below = queries.checkpoint_note(signed).partition("\n\n")
    assert text.split("\n")[0] == "tongxin-checkpoint/1"
    assert below.startswith("signed node:main ed25519 ")
    assert signed.witnesses == []
    assert actions.HEAD == 1
