"""Carries out one piece of work on many items: here, in processes, or on a Dask cluster; answers in the items' order.

The work is a function of a module and the items are plain data, so that all three give the same answers, bit for bit.
"""

from __future__ import annotations

import logging
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from multiprocessing import active_children, get_context
from typing import Any, Protocol, TypeVar

from tongxin.shared.phrases import Phrase, phrase

Item = TypeVar("Item")
Answer = TypeVar("Answer")
AHEAD = 4  # items under way for each process: enough to keep it busy, few enough to hold
ANSWERS = 10.0  # seconds within which a scheduler answers
LOOK = 5.0  # seconds between two looks at whether a cluster still has workers
ALONE = 60.0  # seconds without workers, from which on a cluster is given up


class NoCluster(Exception):
    """A cluster was asked for and cannot be used, or was lost; the text, a sentence, says what to do."""

    def __init__(self, told: Phrase) -> None:
        super().__init__(told)
        self.told = told


class WorkerLost(Exception):
    """The process that did the work on an item was ended by the system, as it is where memory runs out."""


class Cancelled(Exception):
    """The caller asked to stop; what was done is thrown away."""


class _Answers(Protocol):
    def result(self) -> Any: ...

    def cancel(self) -> object: ...


class _Submits(Protocol):
    def submit(self, fn: Callable[..., Any], /, *args: Any) -> _Answers: ...


def each(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    processes: int = 1,
    cluster: str = "",
    lost: Callable[[Item], Answer] | None = None,
) -> Generator[Answer, None, None]:
    """Yield what `work` makes of each item, in their order.

    `processes` above 1 starts so many; `cluster` is the address of a Dask scheduler and goes before. What the work
    raises is raised here, at its item. Where a process is ended while it works, the items under way are done again,
    each alone; for the one that ends its process again stands what `lost` makes of it, or WorkerLost is raised.
    Ctrl-C reaches the caller alone; the processes are ended. Raises NoCluster where Dask is not installed, does not
    answer, has no workers or is lost on the way.
    """
    if cluster:
        yield from _on_cluster(work, items, cluster, lost)
    elif processes <= 1:
        yield from map(work, items)
    else:
        rest = iter(items)
        again: list[Item] = []
        while True:
            yield from _in_processes(work, rest, processes, again)
            if not again:
                return
            for item in again:
                yield from _alone(work, item, lost)
            again.clear()


def _in_processes(
    work: Callable[[Item], Answer], items: Iterator[Item], processes: int, again: list[Item]
) -> Generator[Answer, None, None]:
    """Yield the answers of a pool; where one of its processes is ended, put what was under way into `again`."""
    before = set(active_children())
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[Item, _Answers | None]] = deque()
        try:
            yield from _in_order(pool, work, items, processes * AHEAD, waiting)
        except BrokenProcessPool:
            again += [item for item, _future in waiting]
        except KeyboardInterrupt:
            for worker in set(active_children()) - before:
                worker.terminate()  # nobody waits for what they still do
            raise


def _alone(
    work: Callable[[Item], Answer], item: Item, lost: Callable[[Item], Answer] | None
) -> Generator[Answer, None, None]:
    """Yield the answer for an item from a process of its own."""
    again: list[Item] = []
    yield from _in_processes(work, iter([item]), 1, again)
    if again:
        if lost is None:
            raise WorkerLost
        yield lost(item)


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
    pool: _Submits,
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    ahead: int,
    waiting: deque[tuple[Item, _Answers | None]],
    lost: Callable[[Item], Answer] | None = None,
) -> Generator[Answer, None, None]:
    """Yield the answers; `waiting` holds what is under way: an item leaves it only when its answer is there."""

    def first() -> Answer:
        item, future = waiting[0]
        assert future is not None
        try:
            answer: Answer = future.result()
        except WorkerLost:
            if lost is None:
                raise
            answer = lost(item)
        waiting.popleft()
        return answer

    try:
        for item in items:
            waiting.append((item, None))
            with _without_interrupts():
                waiting[-1] = (item, pool.submit(work, item))
            if len(waiting) >= ahead:
                yield first()
        while waiting:
            yield first()
    except KeyboardInterrupt:
        waiting.clear()  # who does them is ended; a pool that ends may not meet cancelled ones
        raise
    finally:
        for _item, future in waiting:
            if future is not None:
                future.cancel()


def _on_cluster(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    address: str,
    lost: Callable[[Item], Answer] | None,
) -> Generator[Answer, None, None]:
    try:
        from distributed import Client
    except ImportError as error:
        raise NoCluster(
            phrase("A cluster needs Dask. Install it: pip install distributed. Or leave --cluster away.")
        ) from error
    for name in [n for n in logging.root.manager.loggerDict if n.startswith(("distributed", "tornado"))]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what happens there is told here
    try:
        client = Client(address, timeout=ANSWERS)
    except (OSError, ValueError) as error:
        raise NoCluster(
            phrase(
                "The cluster at {address} does not answer. Start it, or leave --cluster away.",
                address=address,
            )
        ) from error
    try:
        cluster = _Cluster(client, address)
        count = cluster.workers()
        if not count:
            raise NoCluster(
                phrase(
                    "The cluster at {address} has no workers. Start some, or leave --cluster away.",
                    address=address,
                )
            )
        yield from _in_order(cluster, work, items, max(8, AHEAD * count), deque(), lost)
    finally:
        with suppress(Exception):
            client.close(timeout=2)


class _Cluster:
    """A Dask cluster that is told to be lost when it is, and not waited for without end."""

    def __init__(self, client: Any, address: str) -> None:
        self.client = client
        self.address = address

    def workers(self) -> int:
        """Return how many threads its workers have."""
        try:
            return sum(self.client.ncores().values())
        except Exception as error:  # the scheduler has gone, and Dask raises what its wire raised
            raise self.lost() from error

    def lost(self) -> NoCluster:
        """Return what is said when it has gone."""
        return NoCluster(
            phrase(
                "The cluster at {address} was lost. Start it again, or leave --cluster away.",
                address=self.address,
            )
        )

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> _OnCluster:
        """Send work; what was done before for like words is not taken for it."""
        try:
            return _OnCluster(self, self.client.submit(fn, *args, pure=False))
        except Exception as error:
            raise self.lost() from error


class _OnCluster:
    """The answer of a cluster that is not there yet."""

    def __init__(self, cluster: _Cluster, future: Any) -> None:
        self.cluster = cluster
        self.future = future

    def result(self) -> Any:
        """Wait for the answer. Raises WorkerLost, NoCluster, or what the work raised."""
        from distributed.scheduler import KilledWorker

        alone = 0.0
        while True:
            try:
                return self.future.result(timeout=LOOK)
            except KilledWorker as error:
                raise WorkerLost from error
            except CancelledError as error:
                raise self.cluster.lost() from error
            except OSError as error:  # also what takes too long: it is asked again while there are workers
                if self.future.status == "error":
                    raise  # the work's own
                alone = 0.0 if self.cluster.workers() else alone + LOOK
                if alone >= ALONE:
                    raise self.cluster.lost() from error

    def cancel(self) -> None:
        """Take the work back, as far as the cluster can be told."""
        with suppress(Exception):
            self.future.cancel()
