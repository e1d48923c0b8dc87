"""Starts the server: a port, a lock on the data folder, granian, and an end that leaves nothing running."""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from tongxin.shared.errors import Refused
from tongxin.site import memory

PORTS_TRIED = 50
TRIES = 600  # to have the first page
THREADS_ALONE, THREADS_OF_SEVERAL = 8, 4  # in a process
LONGEST_FORK = 10.0  # seconds after which the server's processes count as started


class AlreadyRunning(Refused):
    """Another server works on the same data folder."""


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that nobody listens on."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise Refused(
        "no_free_port", f"No free port from {wanted} on.", todo="Choose another with --port or TONGXIN_PORT."
    )


def need_port(host: str, port: int, todo: str) -> None:
    """Raise Refused where somebody listens on a port already; `todo` says what to do then."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as taken:
            raise Refused("port_taken", f"The port {port} is taken.", todo=todo) from taken


@contextmanager
def alone_in(folder: Path, address: str) -> Iterator[None]:
    """Hold the data folder for one server, or raise AlreadyRunning with the address of the one that has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            lock.seek(0)
            raise AlreadyRunning(
                "already_running",
                f"A server already works on {folder}: {lock.read().strip() or 'address unknown'}.",
                todo="Use that one, or stop it with Ctrl-C in its terminal and try again.",
            ) from busy
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


def serve(
    host: str, port: int, *, processes: int = 1, threads: int = 0, when_ready: Callable[[], None]
) -> None:
    """Serve until Ctrl-C or SIGTERM; `when_ready` is called once, when the first page can be had.

    `threads` in each process, 0: as many as suit the number of processes. What is asked while all are at work waits its
    turn: more of them do not answer sooner, they wait for one another at the processor and in the database.
    """
    threads = threads or (THREADS_ALONE if processes == 1 else THREADS_OF_SEVERAL)
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ["TONGXIN_SERVER_PID"] = str(os.getpid())
    memory.settle()  # what the server's processes share: one that dies is followed by another at once
    connections.close_all()  # they are forks: each opens its own
    server = Server(
        "tongxin.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=max(64, threads * 8),
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
    )
    forked = forks(processes)
    threading.Thread(target=_tell, args=(host, port, when_ready, forked), daemon=True).start()
    server.serve()


def forks(count: int) -> Callable[[float], bool]:
    """Return what waits, so many seconds at most, until this process has forked `count` times more.

    A thread that imports or looks a name up while a fork is made leaves a lock closed in the child for ever.
    """
    left, done = itertools.count(count - 1, -1), threading.Event()

    def one() -> None:
        if next(left) <= 0:
            done.set()

    os.register_at_fork(after_in_parent=one)
    return done.wait


def end_with_parent(parent: int, every: float = 1.0) -> None:
    """End this process when the one that started it is gone, so that a killed server leaves no part behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def _tell(host: str, port: int, when_ready: Callable[[], None], forked: Callable[[float], bool]) -> None:
    forked(LONGEST_FORK)
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    request = urllib.request.Request(f"http://{shown}:{port}/health/", headers={"Host": "localhost"})
    for _try in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=5):
                break
        except urllib.error.HTTPError:
            break  # it answers; what it says of its health is in the log
        except OSError:
            time.sleep(0.05)
    when_ready()
    sys.stdout.flush()
