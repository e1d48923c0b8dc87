"""Breaks off work that takes too long, wherever it stands."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.shared.phrases import phrase

AGAIN = 1.0  # seconds: what is raised while a library loads code or collects garbage may be lost there


_place = threading.local()


def at(place: str) -> None:
    """Tell where the work stands (a sentence: page 3 of 8), to be said if it is broken off there; empty: nowhere."""
    _place.told = place


class _TimeUp(BaseException):
    """The time is over. No Exception, so that nothing on the way takes it for a fault of the file."""


@contextmanager
def time_limit(name: str, seconds: float) -> Iterator[None]:
    """Break off what takes longer than `seconds`: raises Unreadable. 0 or less: no limit.

    In the first thread of a process, where there are alarms, also a long search is broken off; elsewhere (another
    thread, another system) between two steps of Python.
    """
    if seconds <= 0:
        yield
        return
    at("")
    first = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    try:
        with _alarm(seconds) if first else _timer(seconds):
            yield
    except _TimeUp:
        told = f"{seconds:g}"
        what = phrase("{name}: not read within {seconds} seconds, broken off.", name=name, seconds=told)
        if _place.told:
            what = phrase(
                "{name}: not read within {seconds} seconds, broken off at {place}.",
                name=name,
                seconds=told,
                place=_place.told,
            )
        todo = phrase(
            "Nothing of it was kept. Split it into bulletins, one file each, or give it more time: --seconds."
        )
        raise Unreadable("too_long", what, todo) from None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def over(_number: int, _frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    done = threading.Event()

    def over() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(_TimeUp))
            wait = AGAIN

    threading.Thread(target=over, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()
