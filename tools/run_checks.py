"""Runs every check of `make test`: all of them even when one fails, then one line for each and a count.

    tools/setup.sh test                 all
    tools/setup.sh test lint types      only these steps
    tools/setup.sh test sqlite -- -k ledger   what follows -- goes to pytest

What needs one core runs two at a time and prints when it is done; after that come the steps that take both cores.
The closing table says for each step how long it took and how much of a core it used, with all it started: two cores
that are never idle make every second of a step two of CPU.
"""

from __future__ import annotations

import argparse
import csv
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

HAND_OVER = "tests/journeys/test_hand_over.py"  # two windows of two offices at one case
# A module stays with one worker, and so does what it prepares once; the longest come first. Those that drive a browser
# prepare nothing together, and of the documents only what is marked.
DEALT = {"browser": ["worksteal"], "docs": ["loadgroup", "--maxschedchunk=1"]}
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
    cpu: float = 0.0
    alone: bool = False  # it keeps both cores busy by itself
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
    """Checks that run the product; what is about the browser or the documents lies in folders of its own."""
    browser, docs = ["tests/browser", "tests/journeys"], ["tests/docs"]
    plain = [f"--ignore={folder}" for folder in browser + docs]
    return [
        pytest("docs", "commands in the documents", docs, extra, workers=2),
        pytest("browser-postgres", "Chromium: the hand-over; PostgreSQL", [HAND_OVER], extra, on="postgres"),
        pytest("browser", "Chromium: journeys, screens, accessibility; SQLite", browser, extra, workers=2),
        pytest("sqlite", "unit and property tests, SQLite", plain, extra, workers=2),
        pytest(
            "postgres",
            "what depends on the database, PostgreSQL",
            on_postgres(),
            extra,
            workers=2,
            on="postgres",
        ),
    ]


def on_postgres() -> list[str]:
    """What tests/README.md lets run on PostgreSQL too: modules, or single tests of one."""
    with (ROOT / "tests" / "on_postgres.csv").open(encoding="utf-8", newline="") as file:
        return [row["what"] for row in csv.DictReader(file)]


def pytest(
    name: str, what: str, where: Sequence[str], extra: Sequence[str], *, workers: int = 0, on: str = "sqlite"
) -> Step:
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-m", "not soak"),
        f"--junitxml={REPORTS / name}.xml",
        "--durations=5",
    ]
    if workers:
        command += ["-n", str(workers), "--dist", *DEALT.get(name, ["loadscope", "--no-loadscope-reorder"])]
    alone = bool(workers) and name != "docs"  # whose processes mostly wait for servers
    return Step(name, what, [[*command, *where, *extra]], {"TONGXIN_TEST_DB": on}, alone=alone)


def run(step: Step, *, hold_output: bool) -> Step:
    """Run the step's commands; with `hold_output`, print what they said in one piece at the end."""
    step.report.unlink(missing_ok=True)
    began = time.monotonic()
    codes: list[int] = []
    said = ""
    for command in step.commands:
        code, cpu, output = spent(command, step, hold_output=hold_output)
        codes.append(code)
        step.cpu += cpu
        said += output
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


def spent(command: Sequence[str], step: Step, *, hold_output: bool) -> tuple[int, float, str]:
    """Run one command; return its code, the seconds of CPU it and all it waited for used, and what it said."""
    process = subprocess.Popen(
        command,
        cwd=step.folder,
        env={**os.environ, "PYTEST_DEBUG_TEMPROOT": str(base()), **step.environment, **PLAIN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if hold_output else None,
        stderr=subprocess.STDOUT if hold_output else None,
        text=True,
    )
    with process:
        said = process.stdout.read() if process.stdout else ""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime, said


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
        lines.append(
            f"  {step.name:<17}{step.status:<15}{step.seconds:7.1f} s {step.cpu:7.1f} s CPU   {tests:<32}{step.what}"
        )
    passed, failed, skipped = (sum(getattr(s, n) for s in steps) for n in ("passed", "failed", "skipped"))
    lines.append(f"  in {seconds / 60:.1f} min, with {sum(s.cpu for s in steps) / 60:.1f} min of CPU")
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
    chosen = [step for step in tests + static if not wanted or step.name in wanted]
    with ThreadPoolExecutor(2) as pool:
        done += pool.map(lambda step: run(step, hold_output=True), [s for s in chosen if not s.alone])
    for step in chosen:
        if step.alone:
            print(f"\n━━ {step.name}: {step.what}", flush=True)
            done.append(run(step, hold_output=False))
    print(summary(done, time.monotonic() - began), flush=True)
    return 1 if any(step.status == "FAILED" for step in done) else 0


if __name__ == "__main__":
    sys.exit(main())
