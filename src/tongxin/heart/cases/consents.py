"""Reads of consent: what was given and withdrawn in a case; what that keeps back stands in `sights`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import queries
from tongxin.heart.cases.models import Case, Consent
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound

WHO: dict[str, Any] = {
    Consent.Who.APPLICANT: _("the applicant"),
    Consent.Who.GUARDIAN: _("a guardian"),
    Consent.Who.PROXY: _("an authorised person"),
}


PAPERS: Any = _("the papers of the case")  # as a consent names them beside the fields


def of_case(reader: Acting, number: str) -> tuple[Case, list[Consent]]:
    """Return a case that the reader has a part in and its consents, the latest first, or raise NotFound."""
    row = queries.case(reader, number)
    return row, list(row.consents.order_by("-given_at", "-pk"))


def one(reader: Acting, pk: int) -> Consent:
    """Return a consent of a case that the reader has a part in, or raise NotFound."""
    row = (
        Consent.objects.read_by(reader.desk).filter(pk=pk, case__in=queries.cases(reader).order_by()).first()
    )
    if row is None:
        raise NotFound(
            "no_such_consent", _("There is no such consent, or your desk has no part in the case.")
        )
    return row
