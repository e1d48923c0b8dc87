"""The commands of signing: a file is proposed, waits, is signed at its other party; a party leaves."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tongxin.heart.agreements import cli
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import BAODI, CHIEF, LANGFANG, POSTS, sign, stands
from tongxin.site.cli import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(house):
    stands(house)
    tokens = {who: house.token(who, POSTS[who]) for who in (BAODI, LANGFANG)}

    def do(who, *words, code=0):
        done = CliRunner().invoke(cli.group, list(words), obj=Session(token=tokens[who]))
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    return do


def test_a_file_is_proposed_and_signed_from_the_command_line(house, run, tmp_path):
    path = tmp_path / "next.yaml"
    path.write_text(texts.water(2).replace("PT20M", "20 minutes"), encoding="utf-8")
    assert "next.yaml:" in run(BAODI, "propose", str(path), code=1)
    path.write_text(texts.water(2, begins="2026-03-11"), encoding="utf-8")
    version, canonical_hash = run(BAODI, "propose", str(path)).split()
    assert (version, len(canonical_hash)) == ("river-watch@2", 64)
    assert run(LANGFANG, "waiting").split() == [version, "text", canonical_hash]
    said = run(BAODI, "sign", version, "--hash", canonical_hash)
    assert "tj-baodi  signed" in said
    for who in (LANGFANG, CHIEF):
        sign(house, who, version, canonical_hash)
    assert "tj-baodi leaves river-watch on 2026-06-09" in run(BAODI, "leave", "river-watch", "tj-baodi")
