"""Runs every check of `make test`: all of them even when one fails, then one line for each and a count.

    tools/setup.sh test                 all
    tools/setup.sh test lint types      only these steps
    tools/setup.sh test sqlite -- -k ledger   what follows -- goes to pytest

The steps before the tests need little and print much when they fail; two of them run at a time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
REPORTS = ROOT / "test-results"
WEB = ROOT / "web"

PLAIN = {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}

# The tests' own folders go where theirs go: in memory, where there is room.
sys.path.insert(0, str(ROOT))
from tests.support.folders import base  # noqa: E402


@dataclass
class Step:
    """One line of the closing table."""

    name: str
    what: str
    commands: list[list[str]]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    status: str = ""
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.name}.xml"

    @property
    def ok(self) -> bool:
        return self.status == "ok"


def static_steps() -> list[Step]:
    """Checks that only read the source."""
    ruff = str(BIN / "ruff")
    steps = [
        Step("types", "mypy, strict", [[str(BIN / "mypy")]]),
        Step("lint", "ruff", [[ruff, "check", "."], [ruff, "format", "--check", "."]]),
        Step("imports", "who may import whom", [[str(BIN / "lint-imports")]]),
        Step("messages", "every string translated", [[sys.executable, "tools/check_messages.py"]]),
    ]
    if (WEB / "package.json").exists():
        npx = [shutil.which("npx") or "npx", "--no-install"]
        steps += [
            Step("web-types", "tsc, strict", [[*npx, "tsc", "--noEmit"]], folder=WEB),
            Step("web", "vitest", [[*npx, "vitest", "run"]], folder=WEB),
        ]
    return steps


def test_steps(extra: Sequence[str]) -> list[Step]:
    """Checks that run the product."""
    plain, browser, docs = (
        "not browser and not docs and not soak",
        "browser and not soak",
        "docs and not soak",
    )
    return [
        pytest("sqlite", "unit and property tests, SQLite", plain, extra, workers=2),
        pytest("postgres", "the same, PostgreSQL", plain, extra, workers=2, on="postgres"),
        pytest("browser", "Chromium: journeys, screens, accessibility; SQLite", browser, extra, workers=2),
        pytest(
            "browser-postgres",
            "Chromium: journeys; PostgreSQL",
            browser,
            extra,
            on="postgres",
            path="tests/journeys",
        ),
        pytest("docs", "commands in the documents", docs, extra),
    ]


def pytest(
    name: str,
    what: str,
    marks: str,
    extra: Sequence[str],
    *,
    workers: int = 0,
    on: str = "sqlite",
    path: str = "",
) -> Step:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        marks,
        f"--junitxml={REPORTS / name}.xml",
        "--durations=5",
    ]
    if workers:
        # A module stays with one worker, and so does what it prepares once; the longest come first. Those that drive
        # a browser prepare nothing together.
        dealt = ["worksteal"] if name == "browser" else ["loadscope", "--no-loadscope-reorder"]
        command += ["-n", str(workers), "--dist", *dealt]
    if path:
        command.append(path)
    return Step(name, what, [[*command, *extra]], {"TONGXIN_TEST_DB": on})


def run(step: Step, *, hold_output: bool) -> Step:
    """Run the step's commands; with `hold_output`, print what they said in one piece at the end."""
    step.report.unlink(missing_ok=True)
    began = time.monotonic()
    codes: list[int] = []
    said = ""
    for command in step.commands:
        done = subprocess.run(
            command,
            cwd=step.folder,
            env={**os.environ, "PYTEST_DEBUG_TEMPROOT": str(base()), **step.environment, **PLAIN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if hold_output else None,
            stderr=subprocess.STDOUT if hold_output else None,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
        said += done.stdout or ""
    step.seconds = time.monotonic() - began
    count(step)
    if step.report.exists() or "pytest" in step.commands[0]:
        # pytest says 5 when there was nothing to run
        step.status = {0: "ok", 5: "nothing to run"}.get(codes[0], "FAILED")
    else:
        step.status = "FAILED" if any(codes) else "ok"
        step.passed, step.failed = (0, 1) if any(codes) else (1, 0)
    if step.status == "FAILED":
        step.failed = max(step.failed, 1)
    if hold_output:
        print(f"\n━━ {step.name}: {step.what}\n{said.rstrip()}", flush=True)
    return step


def count(step: Step) -> None:
    """Read how many tests a pytest run had, from its report."""
    if not step.report.exists():
        return
    for suite in ET.parse(step.report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        step.failed += failed
        step.skipped += skipped
        step.passed += int(suite.get("tests", 0)) - failed - skipped


def summary(steps: Sequence[Step], seconds: float) -> str:
    lines = ["", "━━ summary"]
    for step in steps:
        tests = f"{step.passed} passed" if step.passed or step.failed else ""
        tests += f", {step.failed} failed" if step.failed else ""
        tests += f", {step.skipped} skipped" if step.skipped else ""
        lines.append(f"  {step.name:<17}{step.status:<15}{step.seconds:7.1f} s   {tests:<32}{step.what}")
    passed, failed, skipped = (sum(getattr(s, n) for s in steps) for n in ("passed", "failed", "skipped"))
    lines.append(f"  in {seconds / 60:.1f} min")
    lines.append(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/setup.sh test", description=__doc__)
    parser.add_argument("steps", nargs="*", help="only these steps")
    arguments = sys.argv[1:]
    extra = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    wanted = parser.parse_args(arguments[: arguments.index("--")] if "--" in arguments else arguments).steps
    static, tests = static_steps(), test_steps(extra)
    known = {step.name for step in static + tests}
    if unknown := set(wanted) - known:
        parser.error(
            f"no step {', '.join(sorted(unknown))}; there are: {', '.join(s.name for s in static + tests)}"
        )
    REPORTS.mkdir(exist_ok=True)
    began = time.monotonic()
    done: list[Step] = []
    with ThreadPoolExecutor(2) as pool:
        chosen = [step for step in static if not wanted or step.name in wanted]
        done += pool.map(lambda step: run(step, hold_output=True), chosen)
    for step in tests:
        if not wanted or step.name in wanted:
            print(f"\n━━ {step.name}: {step.what}", flush=True)
            done.append(run(step, hold_output=False))
    print(summary(done, time.monotonic() - began), flush=True)
    return 1 if any(step.status == "FAILED" for step in done) else 0


if __name__ == "__main__":
    sys.exit(main())
