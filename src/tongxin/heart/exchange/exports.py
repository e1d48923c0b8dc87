"""An export of rows: its entry in the ledger, and the file, which no spreadsheet takes for a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def record(
    *,
    by: Acting,
    key: str,
    name: str,
    subject: str,
    rows: int,
    fields: Sequence[str],
    filters: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Enter that rows left the house as a file: how many, which fields, by which filters."""
    request = {"subject": subject, "rows": rows, "fields": list(fields), "filters": filters or {}}
    with act(name, by=by, key=key, request=request) as a:
        if not a.replayed:
            a.result = {"rows": rows}
            a.entry(subject, payload=request)
    return a.result


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return rows as a CSV file in UTF-8 with its mark, so that spreadsheets read Chinese; formulas are defused."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_cell(text) for text in head])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
