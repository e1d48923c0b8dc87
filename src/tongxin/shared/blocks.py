"""Runs one function over blocks of work: here, in several processes, or on a Dask cluster; results stand in order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

Block = TypeVar("Block")
Result = TypeVar("Result")


class Cancelled(Exception):
    """The caller asked to stop; what was running is thrown away."""


def run_blocks(
    function: Callable[[Block], Result],
    blocks: Sequence[Block],
    processes: int = 1,
    cluster: Any = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Result]:
    """Return `function(block)` of every block, in the order of the blocks.

    With processes > 1 function and blocks are pickled into fresh processes; `cluster` is a `dask.distributed.Client`
    and takes their place. `progress(done, of)` is called after each block, `cancelled()` asked between them.
    An error in a block ends the run and is raised here. Raises Cancelled.
    """
    if cluster is not None:
        return _collect(
            [cluster.submit(function, block, pure=False) for block in blocks], progress, cancelled
        )
    if processes <= 1 or len(blocks) <= 1:
        found = []
        for block in blocks:
            _stop(cancelled)
            found.append(function(block))
            _tell(progress, len(found), len(blocks))
        return found
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(blocks)), mp_context=context) as pool:
        futures = [pool.submit(function, block) for block in blocks]
        try:
            waiting: set[Future[Result]] = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for each in done:
                    each.result()
                if done:
                    _tell(progress, len(futures) - len(waiting), len(futures))
                _stop(cancelled)
        except BaseException:
            for each in futures:
                each.cancel()
            raise
        return [each.result() for each in futures]


def _collect(futures: Sequence[Any], progress: Any, cancelled: Any) -> list[Any]:
    found = []
    for each in futures:
        if cancelled is not None and cancelled():
            for left in futures:
                left.cancel()
            raise Cancelled
        found.append(each.result())
        _tell(progress, len(found), len(futures))
    return found


def _stop(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled


def _tell(progress: Callable[[int, int], None] | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)
