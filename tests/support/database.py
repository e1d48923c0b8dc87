"""Which database the tests run on: TONGXIN_TEST_DB=sqlite (default) or postgres; the same tests on both."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import django
import pytest

from tests.support import kept_files, snapshots
from tests.support.folders import sweep, temporary
from tests.support.postgres import Postgres

DATABASE = os.environ.get("TONGXIN_TEST_DB", "sqlite")
ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
USES_DATABASE = {"db", "transactional_db", "django_db_setup", "django_db_serialized_rollback", "live_server"}
LONGEST = tuple(
    str(ROOT / "tests" / folder)
    for folder in ("faults", "authorisation", "api", "browser", "upgrade", "hygiene", "screens")
)
FILLS = {"house", "scene", "made"}  # fixtures that put the tables as they need them
OF_THE_TESTS = {"TONGXIN_TEST_DB", "TONGXIN_TEST_DATABASE_URL"}


def _environment() -> tuple[Path, Postgres | None]:
    """A data folder of this process, and the address of the one PostgreSQL of all of them, for Django's settings."""
    if not WORKER:
        sweep()
    data = temporary("test")
    keep = OF_THE_TESTS | (
        {"TONGXIN_DATABASE_URL"} if WORKER else set()
    )  # the process that started us set it
    for name in [name for name in os.environ if name.startswith("TONGXIN_") and name not in keep]:
        del os.environ[name]
    os.environ["TONGXIN_MODE"] = "test"
    os.environ["TONGXIN_DATA"] = str(data)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in the thread of the test
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".ci-cache" / "numba"))
    if DATABASE == "sqlite" or WORKER:
        return data, None
    if outside := os.environ.get("TONGXIN_TEST_DATABASE_URL"):
        os.environ["TONGXIN_DATABASE_URL"] = outside
        return data, None
    server = Postgres()
    os.environ["TONGXIN_DATABASE_URL"] = server.url
    return data, server


def _set_up_django() -> None:
    """Now, so that a conftest may import models; the name goes again, or a worker would load settings before us."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]


if DATABASE not in {"sqlite", "postgres"}:
    raise pytest.UsageError(f"TONGXIN_TEST_DB is {DATABASE!r}; it must be sqlite or postgres")
_data_folder, _postgres = _environment()
_set_up_django()


def pytest_configure(config: pytest.Config) -> None:
    if _postgres is not None:
        _postgres.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _postgres is not None:
        _postgres.stop()
    shutil.rmtree(_data_folder, ignore_errors=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the collector need not walk through it again, nor come every 700 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {DATABASE}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is about the other database, what takes long, and on PostgreSQL what uses no database."""
    asked = config.getoption("markexpr", "") or ""
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        other = "postgres_only" if DATABASE == "sqlite" else "sqlite_only"
        drop = item.get_closest_marker(other) is not None
        drop |= "soak" not in asked and item.get_closest_marker("soak") is not None
        once = item.get_closest_marker("once") is not None
        drop |= DATABASE == "postgres" and (once or not uses_database(item))
        (left_out if drop else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # What takes longest begins first, so that the workers end together.
    kept.sort(key=lambda item: not str(item.path).startswith(LONGEST))
    items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that wants the database empty gets it so; one that fills it for itself need not wait for that."""
    if uses_database(item) and not FILLS & set(getattr(item, "fixturenames", ())):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            snapshots.settle()


def uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    case = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("postgres_only") is not None
        or bool(fixtures & USES_DATABASE)
        or (case is not None and hasattr(case, "databases"))
    )


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The data folder of this test process; gone when it ends."""
    return _data_folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, data_folder: Path
) -> None:
    """SQLite in a file, as in service: a memory database has no write-ahead log and no second connection."""
    from django.db import connections

    settings: dict[str, Any] = connections["default"].settings_dict
    if "sqlite" in settings["ENGINE"]:
        settings["TEST"]["NAME"] = str(data_folder / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb(data_folder: Path) -> bool:
    """On SQLite begin with the file that an earlier process migrated, if the migrations are the same."""
    return DATABASE == "sqlite" and kept_files.copy_to(data_folder / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, data_folder: Path) -> None:
    """As pytest-django sets it up; then the migrated file is kept for the next process."""
    if DATABASE == "sqlite" and not django_db_keepdb:
        with closing(sqlite3.connect(data_folder / "test.sqlite3")) as made:
            kept_files.keep("empty", made)


@pytest.fixture
def on_sqlite() -> bool:
    return DATABASE == "sqlite"


@pytest.fixture
def in_english() -> Iterator[None]:
    """The language of the messages is English for the length of the test."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def in_chinese() -> Iterator[None]:
    """The language of the messages is Chinese for the length of the test."""
    from django.utils import translation

    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Each test begins in the language of the settings, whatever the one before it chose."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()
