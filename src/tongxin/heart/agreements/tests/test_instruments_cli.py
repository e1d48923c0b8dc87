"""The commands of signing: a file is proposed, waits, is signed at its other party; a party leaves."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import translation

from tongxin.heart.agreements import cli
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import (
    BAODI,
    CHIEF,
    LANGFANG,
    POSTS,
    WUQING,
    proposed,
    sign,
    stands,
)
from tongxin.shared.errors import Refused
from tongxin.site.cli import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(house):
    stands(house)
    tokens = {who: house.token(who, POSTS[who]) for who in (BAODI, LANGFANG, WUQING)} | {"": ""}

    def do(who, *words, code=0):
        with translation.override("en"):
            done = CliRunner().invoke(cli.group, list(words), obj=Session(token=tokens[who]))
            assert done.exit_code == code, (done.output, done.exception)
            if isinstance(done.exception, Refused):
                return f"{done.exception.what} {done.exception.todo}"
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


def test_an_office_reads_what_it_must_sign_and_a_stranger_does_not(house, run, tmp_path):
    text = texts.water(2, begins="2026-03-11")
    version, canonical_hash = proposed(house, text)
    for who in (BAODI, LANGFANG):
        shown = run(who, "show", version)
        assert canonical_hash in shown
        assert "not signed by every party" in shown
        assert run(who, "show", "river-watch", "--source") == text
        assert run(who, "export", version) == text
        assert "due.within: PT1H → PT20M" in run(who, "diff", "river-watch@1", version)
    out = tmp_path / "out.yaml"
    run(LANGFANG, "export", version, "-o", str(out))
    assert out.read_text(encoding="utf-8") == text
    for who in ("", WUQING):
        for words in (("show", version), ("export", version), ("diff", "river-watch@1", version)):
            assert "There is no such agreement." in run(who, *words, code=1)
        assert "not signed" not in run(who, "show", "river-watch")
    run(BAODI, "sign", version, "--hash", f"sha256:{canonical_hash}")


def test_a_version_without_its_number_is_told_which_wait(house, run):
    proposed(house)
    for who, told in ((LANGFANG, "For your office waits: river-watch@2"), (WUQING, "id@number.")):
        for words in (
            ("sign", "river-watch", "--hash", "0" * 64),
            ("refuse", "river-watch", "--reason", "x"),
        ):
            said = run(who, *words, code=1)
            assert "with its number" in said
            assert said.endswith(told)


def test_a_programme_of_a_party_reads_what_waits_and_a_stranger_s_does_not(house):
    stands(house)
    version, _hash = proposed(house, texts.water(2, begins="2026-03-11"))
    paths = (f"/agreements/{version}", f"/agreements/river-watch@1/difference?other={version}")

    def ask(path, who=""):
        sent = {"Authorization": f"Bearer {house.token(who, POSTS[who]) if who else 'no-token'}"}
        return Client().get(f"/api/v1{path}", headers=sent)

    for who in (BAODI, LANGFANG):
        shown = ask(paths[0], who).json()
        assert (shown["id"], shown["state"]) == (version, "proposed")
        assert ask("/agreements/river-watch", who).json()["id"] == version
        assert ask(paths[1], who).json()["new"] == version
    for who in ("", WUQING):
        assert [ask(path, who).status_code for path in paths] == [404, 404]
        assert ask("/agreements/river-watch", who).json()["id"] == "river-watch@1"


def test_a_check_with_a_party_s_token_knows_what_waits_and_without_it_nothing_of_it(house, run, tmp_path):
    """A clause that is proposed can be named by who may see it; nobody else learns that it is there."""
    version, _hash = proposed(house, texts.water(2, begins="2026-03-11"))
    other = tmp_path / "other.yaml"
    other.write_text(texts.water(2, begins="2026-03-12"), encoding="utf-8")
    assert f"{version} is in the register with another text" in run(BAODI, "check", str(other))
    assert "another text" not in run("", "check", str(other))
    assert "another text" not in run(WUQING, "check", str(other))
