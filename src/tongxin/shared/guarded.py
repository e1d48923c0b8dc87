"""Tables that carry what applicants gave: a query that does not say for whom it reads raises `Unread`.

    class Case(models.Model):
        objects = Guarded()

    Case.objects.read_by(reader.desk).filter(…)   # a desk reads; what it may see is asked beside it
    Case.objects.read_as("cases.judge").get(…)    # the judge itself, or another named part of the system

Inside an act or a job (`shared.readers`) no word is needed; nor for what hangs on a row that was read so
(`case.offers.all()`). Nothing is asked of the database for this; it costs under a microsecond a query.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models

from tongxin.shared import readers

Row = TypeVar("Row", bound=models.Model)


class Unread(RuntimeError):
    """A query of guarded rows for nobody in particular: a fault of the programme, never of who asked."""


class GuardedRows(models.QuerySet[Row]):
    """A queryset that knows for whom it reads."""

    _reads_for = ""

    def read_by(self, desk: str) -> Self:
        """Return the same rows, read for a desk. Raises Unread without one."""
        return self._for(_of_desk(desk))

    def read_as(self, name: str) -> Self:
        """Return the same rows, read by a named part of the system which judges what it hands on."""
        return self._for(_of_system(name))

    def _for(self, reader: str) -> Self:
        chained: Self = self._chain()  # type: ignore[attr-defined]
        chained._reads_for = reader
        return chained

    def _clone(self) -> Self:
        cloned: Self = super()._clone()  # type: ignore[misc]
        cloned._reads_for = self._reads_for
        return cloned

    def _need_reader(self) -> None:
        if self._reads_for or _is_guarded(self._hints.get("instance")):  # type: ignore[attr-defined]
            return
        name = readers.running()
        if name or (name is readers.OUTSIDE and settings.MODE == "test"):
            return
        raise Unread(f"{self.model.__name__} is read for nobody: say read_by(desk) or read_as(name)")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._need_reader()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Iterate as Django does, for whoever reads."""
        self._need_reader()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Count as Django does, for whoever reads."""
        self._need_reader()
        return super().count()

    def exists(self) -> bool:
        """Tell as Django does, for whoever reads."""
        self._need_reader()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate as Django does, for whoever reads."""
        self._need_reader()
        return super().aggregate(*args, **kwargs)


def _of_desk(desk: str) -> str:
    if not desk:
        raise Unread("what applicants gave is read for a desk")
    return f"desk:{desk}"


def _of_system(name: str) -> str:
    if not name:
        raise Unread("what applicants gave is read by something that has a name")
    return name


def _is_guarded(row: Any) -> bool:
    """Whether a row is one that was read for somebody: what hangs on it is then read for the same."""
    return isinstance(row, models.Model) and isinstance(type(row)._default_manager, Guarded)


class Guarded(models.Manager[Row]):
    """The manager of a guarded table."""

    def get_queryset(self) -> GuardedRows[Row]:
        """Return all rows, read for nobody yet."""
        return GuardedRows(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]

    def read_by(self, desk: str) -> GuardedRows[Row]:
        """Return all rows, read for a desk. Raises Unread without one."""
        rows = self.get_queryset()
        rows._reads_for = _of_desk(desk)
        return rows

    def read_as(self, name: str) -> GuardedRows[Row]:
        """Return all rows, read by a named part of the system."""
        rows = self.get_queryset()
        rows._reads_for = _of_system(name)
        return rows
