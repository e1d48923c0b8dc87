"""Carries out one piece of work on many items: here, in processes, or on a Dask cluster; answers in the items' order.

The work is a function of a module and the items are plain data, so that all three give the same answers, bit for bit.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import active_children, get_context
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
AHEAD = 4  # items under way for each process: enough to keep it busy, few enough to hold


class NoCluster(Exception):
    """A cluster was asked for and cannot be used; the text says what to do."""


class Cancelled(Exception):
    """The caller asked to stop; what was done is thrown away."""


class _Submits(Protocol):
    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any: ...


def each(
    work: Callable[[Item], Answer], items: Iterable[Item], *, processes: int = 1, cluster: str = ""
) -> Generator[Answer, None, None]:
    """Yield what `work` makes of each item, in their order.

    `processes` above 1 starts so many; `cluster` is the address of a Dask scheduler and goes before. What the work
    raises is raised here, at its item. Ctrl-C reaches the caller alone; the processes are ended.
    Raises NoCluster where Dask is not installed or does not answer.
    """
    if cluster:
        yield from _on_cluster(work, items, cluster)
    elif processes <= 1:
        yield from map(work, items)
    else:
        before = set(active_children())
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            try:
                yield from _in_order(pool, work, items, processes * AHEAD)
            except KeyboardInterrupt:
                for worker in set(active_children()) - before:
                    worker.terminate()  # nobody waits for what they still do
                raise


def every(
    work: Callable[[Item], Answer],
    items: Sequence[Item],
    *,
    processes: int = 1,
    cluster: str = "",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Answer]:
    """Return what `work` makes of all items, in their order.

    `progress(done, of)` is called after each item, `cancelled()` is asked before the next. Raises Cancelled, NoCluster.
    """
    found: list[Answer] = []
    with closing(each(work, items, processes=min(processes, len(items)), cluster=cluster)) as answers:
        while len(found) < len(items):
            if cancelled is not None and cancelled():
                raise Cancelled
            found.append(next(answers))
            if progress is not None:
                progress(len(found), len(items))
    return found


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Keep Ctrl-C waiting: processes that are started here never see it, only who started them does."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _in_order(
    pool: _Submits, work: Callable[[Item], Answer], items: Iterable[Item], ahead: int
) -> Generator[Answer, None, None]:
    waiting: deque[Future[Answer]] = deque()
    try:
        for item in items:
            with _without_interrupts():
                waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except KeyboardInterrupt:
        waiting.clear()  # who does them is ended; a pool that ends may not meet cancelled ones
        raise
    finally:
        for future in waiting:
            future.cancel()


def _on_cluster(
    work: Callable[[Item], Answer], items: Iterable[Item], address: str
) -> Generator[Answer, None, None]:
    try:
        from distributed import Client
    except ImportError as error:
        raise NoCluster(
            "A cluster needs Dask. Install it: pip install distributed. Or leave --cluster away."
        ) from error
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"The cluster at {address} does not answer ({error}). Start it, or leave --cluster away."
        ) from error
    with client:
        yield from _in_order(client, work, items, max(8, AHEAD * len(client.ncores())))
