"""The database settings from one URL."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tongxin.site.database import PREPARED_AFTER, from_url

ADDRESS = "postgresql://user:word@host/name"


@pytest.mark.parametrize(
    ("said", "after"), [("", PREPARED_AFTER), ("?prepare_threshold=0", 0), ("?prepare_threshold=off", None)]
)
def test_postgresql_prepares_statements_unless_it_is_told_not_to(said: str, after: int | None):
    found = from_url(ADDRESS + said, Path())
    assert found["OPTIONS"] == {"prepare_threshold": after}
    assert (found["HOST"], found["NAME"]) == ("host", "name")


def test_what_is_no_number_is_refused():
    with pytest.raises(ImproperlyConfigured, match="number or off"):
        from_url(f"{ADDRESS}?prepare_threshold=soon", Path())


def test_no_address_is_the_file_in_the_data_folder():
    assert from_url("", Path("/data"))["NAME"] == "/data/tongxin.sqlite3"
