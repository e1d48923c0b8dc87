"""Nothing is kept in the repository that belongs to one machine, one person or one registry, and no secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {Path(__file__).resolve()}
TEXT_UNREAD = {".png", ".jpg", ".webp", ".ico", ".woff2", ".mo", ".gz", ".xlsx", ".sqlite3"}
LARGEST = 2_000_000

# Written in pieces where the whole word would find itself in another check's eyes.
PATTERNS = {
    "a path of one machine": r"(?<![\w./])/(?:work|root|home/\w+|Users/\w+|tmp/plan|opt/wheels)(?:/|\b)",
    "the host of a package registry": r"\b(?:pypi|pythonhosted|npmjs|npmmirror|yarnpkg|crates|golang)\.(?:org|com|io)\b"
    r"|\bregistry\.\w+|(?:index|registry)[-_]url\s*[=:]\s*http|https?://[^\s\"']*/simple\b",
    "a word about how this was written": r"(?i)\b(?:claude|anthropic|chatgpt|openai|copilot|llm|subagent|sub-agent)\b"
    r"|\bAI[- ](?:assistant|agent|generated)|(?i:co-authored-by|as an ai\b|coding agent|helper session|this session's"
    r"|\bworkplace\b)|\bCEO\b|\b/?shared/(?:DESIGN|HEART|WORDS|STYLE|SYSTEMS)\b",
    "a secret": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b"
    r"|\bxox[bap]-[0-9A-Za-z-]{10,}|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}",
    "a thing left for later": r"\b(?:TODO|FIXME|XXX|HACK)\b(?!-)",
}
# What the pattern finds and may stay: (file, the text found), with the reason.
ALLOWED: set[tuple[str, str]] = set()


def tracked() -> list[Path]:
    """Files that git keeps or would keep."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if asked.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in asked.stdout.decode().split("\0") if name]
    return [path for path in files if path.is_file() and path.resolve() not in OWN]


def text_of(path: Path) -> str:
    return "" if path.suffix in TEXT_UNREAD else path.read_text("utf-8")


@pytest.mark.parametrize("what", PATTERNS)
def test_no_tracked_file_holds(what: str) -> None:
    pattern = re.compile(PATTERNS[what])
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}"
        for path in tracked()
        for name, text in [(str(path.relative_to(ROOT)), text_of(path))]
        for match in pattern.finditer(text)
        if (name, match[0]) not in ALLOWED
    ]
    assert found == [], f"{what}:\n" + "\n".join(found)


def test_every_tracked_text_is_utf8_and_small() -> None:
    for path in tracked():
        text_of(path)
        assert path.stat().st_size < LARGEST, f"{path.relative_to(ROOT)} is {path.stat().st_size:,} bytes"


def test_built_things_are_not_tracked() -> None:
    built = {".mo", ".pyc", ".sqlite3"}
    assert [path for path in tracked() if path.suffix in built or "node_modules" in path.parts] == []


def test_the_shared_room_holds_no_models() -> None:
    """A table there would make every import of a helper need a configured Django."""
    for path in (ROOT / "src" / "tongxin" / "shared").rglob("*.py"):
        assert not re.search(r"^class .*\bmodels\.Model\b", path.read_text("utf-8"), re.MULTILINE), path


def test_locks_pin_every_package_with_a_hash() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text("utf-8")
        pins = re.findall(r"^\S+==\S+(?: ;.*?)? \\$", text, re.MULTILINE)
        requirements = re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)
        assert len(pins) == len(requirements) > 0, lock.name
        assert text.count("--hash=sha256:") >= len(pins), lock.name


def test_the_locks_agree() -> None:
    """The checks run on exactly the packages that the product runs on."""
    pin = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==(\S+)", re.MULTILINE)
    run, dev = (
        dict(pin.findall((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")))
        for name in ("run", "dev")
    )
    assert {name: dev.get(name) for name in run} == run
