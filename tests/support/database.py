"""Which database the tests run on: TONGXIN_TEST_DB=sqlite (default) or postgres; the same tests on both."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres import Postgres

DATABASE = os.environ.get("TONGXIN_TEST_DB", "sqlite")
ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
USES_DATABASE = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}

_data_folder: Path | None = None
_postgres: Postgres | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Django reads its settings: a data folder of this process, and one PostgreSQL for all of them."""
    global _data_folder, _postgres
    if DATABASE not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"TONGXIN_TEST_DB is {DATABASE!r}; it must be sqlite or postgres")
    _data_folder = Path(tempfile.mkdtemp(prefix="tongxin-test-"))
    os.environ["TONGXIN_MODE"] = "test"
    os.environ["TONGXIN_DATA"] = str(_data_folder)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in the thread of the test
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".ci-cache" / "numba"))
    for name in ("TONGXIN_SECRET_KEY", "TONGXIN_HOSTS", "TONGXIN_ORIGIN", "TONGXIN_REGION", "TONGXIN_TILE_URL",
                 "TONGXIN_MAP_APPROVAL", "TONGXIN_NODE"):  # fmt: skip
        os.environ.pop(name, None)
    if DATABASE == "sqlite":
        os.environ.pop("TONGXIN_DATABASE_URL", None)
    elif not WORKER:  # workers get the address from the process that started them
        if outside := os.environ.get("TONGXIN_TEST_DATABASE_URL"):
            os.environ["TONGXIN_DATABASE_URL"] = outside
        else:
            _postgres = Postgres()
            _postgres.start()
            os.environ["TONGXIN_DATABASE_URL"] = _postgres.url
    _load_settings()


def _load_settings() -> None:
    """Loads them now; the name does not stay in the environment, or workers would load them before they come here."""
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
    assert settings.MODE == "test"
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _postgres is not None:
        _postgres.stop()
    if _data_folder is not None:
        shutil.rmtree(_data_folder, ignore_errors=True)


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
        drop |= DATABASE == "postgres" and not uses_database(item)
        (left_out if drop else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


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
    assert _data_folder is not None
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
