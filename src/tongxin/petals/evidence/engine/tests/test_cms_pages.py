"""Pages as crawled give what their reader would read, and nothing else; whose they are and of when is told."""

from __future__ import annotations

import pytest

from tongxin.petals.evidence.engine.documents import document
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
