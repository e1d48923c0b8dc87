"""The server's processes are forks: nothing of the parent may be in the middle of something while they are made."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from tongxin.site import launch


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def test_what_tells_that_the_server_is_ready_waits_until_every_process_is_forked():
    forked = launch.forks(2)
    assert not forked(0)
    fork()
    assert not forked(0)
    fork()
    assert forked(0)


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(launch, "LONGEST_FORK", 0.01)
    told = threading.Event()
    port = launch.free_port("127.0.0.1", 49_200)
    monkeypatch.setattr(sys.stdout, "flush", lambda: None)
    thread = threading.Thread(target=launch._tell, args=("127.0.0.1", port, told.set, launch.forks(1)))
    monkeypatch.setattr(launch, "TRIES", 2)
    thread.start()
    thread.join(10)
    assert told.is_set()
