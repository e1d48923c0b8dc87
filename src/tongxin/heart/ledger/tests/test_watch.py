"""The server recomputes its own log once a day, and its page says what it found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tongxin.heart.ledger import cli, queries, verify, watch
from tongxin.heart.ledger.models import Entry, TreeNode, Verification
from tongxin.heart.ledger.tests.building import MORNING, grow
from tongxin.shared import clock

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def test_once_a_day_and_not_before_the_first_entry(settings):
    assert watch.verify_when_due() is None
    grow(6)
    with clock.held_at(MORNING) as hand:
        first = watch.verify_when_due()
        assert (first.size, first.holds, first.findings, first.at) == (7, True, [], MORNING)
        hand.move_by(timedelta(hours=23))
        assert watch.verify_when_due() is None
        hand.move_by(timedelta(hours=1))
        assert watch.verify_when_due() is not None
        settings.VERIFY_HOURS = 0
        hand.move_by(timedelta(days=9))
        assert watch.verify_when_due() is None


def test_the_newest_are_kept(monkeypatch):
    monkeypatch.setattr(watch, "KEPT", 3)
    grow(1)
    report = verify.verify_log()
    made = [watch.keep(report).pk for _n in range(5)]
    assert list(Verification.objects.order_by("pk").values_list("pk", flat=True)) == made[-3:]


def test_the_page_says_what_was_found(client):
    grow(20)
    assert b"Recomputed by this server" not in client.get("/ledger/", headers=ENGLISH).content
    watch.keep(verify.verify_log())
    page = client.get("/ledger/", headers=ENGLISH).content.decode()
    assert "Recomputed by this server" in page
    assert "entries a second" in page
    assert "did not hold" not in page
    Entry.objects.filter(pk=7).update(desk="other")
    TreeNode.objects.filter(level=2, index=3).update(hash=bytes(32))
    with clock.held_at(MORNING + timedelta(days=400)):
        kept = watch.verify_when_due()
    assert not kept.holds
    page = client.get("/ledger/", headers=ENGLISH).content.decode()
    assert "did not hold" in page
    assert "copy_changed" in page
    assert "entries 12 to 15" in page
    chinese = client.get("/ledger/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "验证不通过" in chinese


def test_a_long_log_is_read_by_a_child(monkeypatch, transactional_db):
    monkeypatch.setattr(verify, "ALONE", 0)
    grow(3)
    asked: list[bool] = []
    real = verify.crew

    def seen(node, processes, apart):
        asked.append(apart)
        return real(node, processes, apart)

    monkeypatch.setattr(verify, "crew", seen)
    assert watch.verify_when_due().holds
    assert asked == [True]


def test_the_command_keeps_what_it_found_when_asked(db):
    from click.testing import CliRunner

    grow(2)
    run = CliRunner().invoke
    assert run(cli.group, ["verify"]).exit_code == 0
    assert queries.last_verification() is None
    assert run(cli.group, ["verify", "--keep"]).exit_code == 0
    assert queries.last_verification().size == 3
