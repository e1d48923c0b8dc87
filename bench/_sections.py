"""CPU time by what it is spent on: named parts of the house, each without what it calls of the others."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from time import thread_time_ns
from typing import Any


class Sections:
    """A stack of the sections that run; the time since the last change belongs to the one on top."""

    def __init__(self, outermost: str) -> None:
        self.spent: Counter[str] = Counter()  # nanoseconds of this thread
        self.asked: Counter[str] = Counter()  # statements of the database
        self._stack = [outermost]
        self._since = thread_time_ns()
        self._undo: list[tuple[Any, str, Any]] = []

    def begin(self) -> None:
        """Begin to count anew."""
        self.spent.clear()
        self.asked.clear()
        self._since = thread_time_ns()

    def end(self) -> None:
        """Count what ran until now."""
        self._charge()

    def wrap(self, section: str, *places: str) -> None:
        """Count what runs inside functions, `module:name` or `module:Class.name`, to a section."""
        for place in places:
            module, _colon, name = place.partition(":")
            owner: Any = import_module(module)
            for part in name.split(".")[:-1]:
                owner = getattr(owner, part)
            last = name.rpartition(".")[2]
            own = getattr(owner, last)
            ours = self._counted(section, own)
            if isinstance(owner, type):
                self._put(owner, last, ours)
                continue
            for there in list(sys.modules.values()):  # who imported it by name calls that
                if getattr(there, "__name__", "").startswith("tongxin.") and vars(there).get(last) is own:
                    self._put(there, last, ours)

    def unwrap(self) -> None:
        """Put everything back."""
        for owner, name, own in reversed(self._undo):
            setattr(owner, name, own)

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a statement to the section that asks it; for `connection.execute_wrapper`."""
        self.asked[self._stack[-1]] += 1
        return execute(sql, params, many, context)

    def _put(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((owner, name, vars(owner)[name]))
        setattr(owner, name, value)

    def _charge(self) -> None:
        now = thread_time_ns()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now

    @contextlib.contextmanager
    def _inside(self, section: str) -> Iterator[None]:
        self._charge()
        self._stack.append(section)
        try:
            yield
        finally:
            self._charge()
            self._stack.pop()

    def _counted(self, section: str, own: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(own)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with self._inside(section):
                return own(*args, **kwargs)

        return counted
