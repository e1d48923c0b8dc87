"""A limit for the whole of a sending: a socket's time-out counts each operation, and who drips resets it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Watch:
    """Cuts the connection that it holds when time is up. `over` says that it did."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.line: socket.socket | None = None
        self.over = False

    def hold(self, plain: socket.socket) -> None:
        """Hold a connected socket, through a duplicate: TLS takes the first one over. Raises TimeoutError when over."""
        with self.lock:
            if self.over:
                plain.close()
                raise TimeoutError
            self._let_go()
            self.line = plain.dup()

    def cut(self) -> None:
        """End the connection for both sides, whoever reads or writes it."""
        with self.lock:
            self.over = True
            if self.line is not None:
                with suppress(OSError):
                    self.line.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """Give the duplicate back."""
        with self.lock:
            self._let_go()

    def _let_go(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


@contextmanager
def at_most(seconds: float) -> Iterator[Watch]:
    """Cut what the watch holds when time is up."""
    watch = Watch()
    timer = threading.Timer(seconds, watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        watch.let_go()
