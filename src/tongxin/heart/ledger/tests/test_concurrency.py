"""Sixteen writers and two thousand acts at once, on either database: indices without a gap, a log that verifies."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import IdempotencyKey
from tongxin.heart.ledger import actions, queries, verify
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import Acting

WRITERS, ACTS = 16, 2000


def writer(number: int, mine: list[int], go: threading.Event) -> list[tuple[int, int]]:
    """Do my acts, each with one, two or three entries; every tenth command is sent twice."""
    by = Acting(
        post=f"he-langfang/clerk-{number}",
        desk=("tj-wuqing/service_centre", "bj-tongzhou/service_centre")[number % 2],
        jurisdiction=("tj-wuqing", "bj-tongzhou")[number % 2],
        capabilities=frozenset(),
    )
    dice = random.Random(number)
    done: list[tuple[int, int]] = []
    go.wait()
    try:
        for n in mine:
            entries = dice.randint(1, 3)
            for _again in range(2 if n % 10 == 0 else 1):
                with act("test.done", by=by, key=f"key-{n}", request={"n": n}) as a:
                    if a.replayed:
                        continue
                    for part in range(entries):
                        a.entry(f"thing:{n}/part:{part}", payload={"n": n, "part": part})
                    a.result = {"n": n}
            done.append((n, entries))
    finally:
        connections.close_all()
    return done


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_leave_no_gap_and_a_log_that_verifies():
    if connection.vendor == "sqlite":
        assert "memory" not in str(connection.settings_dict["NAME"]), "a memory database proves nothing here"
    go, stop = threading.Event(), threading.Event()

    def sign():
        try:
            while not stop.wait(0.05):
                actions.checkpoint()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        signing = pool.submit(sign)
        writing = [pool.submit(writer, w, list(range(w, ACTS, WRITERS)), go) for w in range(WRITERS)]
        go.set()
        try:
            done = [row for job in writing for row in job.result()]
        finally:
            stop.set()
        signing.result()
    assert sorted(n for n, _entries in done) == list(range(ACTS))
    expected = sum(entries for _n, entries in done) + 1
    assert queries.head().size == expected
    assert list(Entry.objects.order_by("index").values_list("index", flat=True)) == list(range(expected))
    assert IdempotencyKey.objects.count() == ACTS
    kept = Counter(
        s.partition("/")[0] for s in Entry.objects.exclude(index=0).values_list("subject", flat=True)
    )
    assert kept == {f"thing:{n}": entries for n, entries in done}
    for n, entries in random.Random(0).sample(done, 50):
        run = list(Entry.objects.filter(subject__startswith=f"thing:{n}/").values_list("index", flat=True))
        assert len(run) == entries
        assert max(run) - min(run) == entries - 1, "the entries of one act stand together"
    actions.checkpoint()
    report = verify.verify_log()
    assert report.holds, report.findings
    assert report.checkpoints >= 2
