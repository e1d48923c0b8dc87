"""What the product stands on and under which licence: nothing AGPL or GPL in the run set."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The LGPL allows use as a library; it is named so that the check below does not take it for the GPL.
LESSER = re.compile(r"L(?:esser )?(?:GNU )?GPL|GNU Lesser General Public|LGPL", re.IGNORECASE)
FORBIDDEN = re.compile(
    r"AGPL|Affero|\bGPL|GNU General Public|SSPL|Commons Clause|Business Source", re.IGNORECASE
)
# Packages that say nothing a program can read; each was looked up in its own licence file.
LOOKED_UP: dict[str, str] = {}


def python_packages() -> list[str]:
    """The names in the lock of the run set that apply to this machine and are installed."""
    lock = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    return sorted(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==", lock, re.MULTILINE))


def licence_of(package: str) -> str | None:
    """What a package says of itself: an SPDX expression, classifiers, or a line; None when not installed here."""
    try:
        said = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return None  # for another system or Python
    expressions: list[str] = said.get_all("License-Expression") or []
    if expressions:
        return expressions[0]
    classifiers = [line.split(" :: ") for line in said.get_all("Classifier") or []]
    named = [words[-1] for words in classifiers if words[0] == "License" and words[-1] != "OSI Approved"]
    free_text = "".join(said.get_all("License") or []).strip().splitlines()
    return ", ".join(named) or "".join(free_text[:1]) or LOOKED_UP.get(package, "")


def npm_packages() -> dict[str, str]:
    """Packages whose code is in the bundle, with their licences as the lock states them."""
    lock = ROOT / "web" / "package-lock.json"
    if not lock.exists():
        return {}
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {
        path.rpartition("node_modules/")[2]: str(entry.get("license", ""))
        for path, entry in sorted(packages.items())
        if path and not entry.get("dev") and not entry.get("devOptional")
    }


def forbidden(licence: str) -> bool:
    """With a choice (`MIT OR GPL-2.0`) one free part is enough."""
    return all(FORBIDDEN.search(LESSER.sub("", part)) for part in re.split(r"\bOR\b", licence))


def test_nothing_in_the_run_set_is_agpl_or_gpl(capsys: pytest.CaptureFixture[str]) -> None:
    licences = {name: said for name in python_packages() if (said := licence_of(name)) is not None}
    licences |= {f"npm:{name}": said for name, said in npm_packages().items()}
    with capsys.disabled():
        print("\nlicences of the run set")
        for name, said in licences.items():
            print(f"  {name:<32} {said}")
    assert len(licences) > 20
    assert [name for name, said in licences.items() if not said] == [], "no licence found"
    assert [name for name, said in licences.items() if forbidden(said)] == []


@pytest.mark.parametrize(
    ("licence", "is_forbidden"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("AGPL-3.0-only", True),
        ("GNU Affero General Public License v3", True),
        ("MIT OR GPL-2.0-only", False),
    ],
)
def test_the_check_tells_licences_apart(licence: str, is_forbidden: bool) -> None:
    assert forbidden(licence) is is_forbidden
