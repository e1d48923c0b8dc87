"""Breaks off work that takes too long, wherever it stands."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.engine.phrases import phrase


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
    first = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    try:
        with _alarm(seconds) if first else _timer(seconds):
            yield
    except _TimeUp:
        raise Unreadable(
            "too_long",
            phrase(
                "{name}: not read within {seconds} seconds, broken off.", name=name, seconds=f"{seconds:g}"
            ),
            phrase("Split it into bulletins, one file each, or give it more time: --seconds."),
        ) from None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def over(_number: int, _frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    done = False

    def over() -> None:
        with lock:
            if not done:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(_TimeUp))

    timer = threading.Timer(seconds, over)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            done = True
        timer.cancel()
