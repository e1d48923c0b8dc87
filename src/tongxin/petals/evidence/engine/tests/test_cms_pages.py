"""Pages as crawled give what their reader would read, and nothing else; whose they are and of when is told."""

from __future__ import annotations

import random
import re

import pytest

from tongxin.petals.evidence.engine.documents import document
from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.engine.repair import repair
from tongxin.petals.evidence.engine.tests.cms_pages import RAW, Raw


@pytest.mark.parametrize("raw", RAW, ids=lambda r: r.title)
def test_the_body_is_what_a_reader_reads(raw: Raw):
    found = document("p.html", raw.page.encode(raw.charset))
    lines = [line.strip() for line in found.repaired.text.split("\n") if line.strip()]
    assert lines == raw.wanted.split("\n")
    assert found.repaired.chain.undo(found.repaired.text) == raw.page


@pytest.mark.parametrize("raw", RAW, ids=lambda r: r.title)
def test_its_origin_is_told(raw: Raw):
    found = document("p.html", raw.page.encode(raw.charset))
    told = (found.source.title, found.source.publisher, found.source.published, found.reposted)
    assert told == (raw.title, raw.publisher, raw.published, raw.reposted)


def test_a_second_repair_finds_nothing_to_do():
    chance = random.Random(3)
    texts = [repair(re.sub(r"<[^>]*>", "\n", raw.page)).text for raw in RAW]
    lines = [line for raw in RAW for line in re.sub(r"<[^>]*>", "\n", raw.page).split("\n") if line.strip()]
    texts += ["\n".join(chance.choices(lines, k=chance.randrange(3, 25))) for _ in range(300)]
    for text in texts:
        once = repair(text).text
        assert repair(once).text == once


def test_broken_pages_are_taken_in_and_can_be_undone():
    chance = random.Random(7)
    pieces = [
        b"<div>",
        b"</div>",
        b"<table><tr><td>",
        b"<!--",
        b"<script>",
        b'"',
        b"<p hidden>",
        b"&#1114112;",
        b"\xff",
    ]
    for _ in range(150):
        raw = chance.choice(RAW)
        data = bytearray(raw.page.encode(raw.charset))
        for _ in range(chance.choice([1, 5, 40])):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(20)] = chance.choice(
                [chance.choice(pieces), bytes(data[at : at + 90]) * 3]
            )
        try:
            found = document("p.html", bytes(data[: chance.randrange(1, len(data))]))
        except Unreadable:
            continue
        assert found.repaired.chain.undo(found.repaired.text) == found.raw
