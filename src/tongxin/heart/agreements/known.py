"""The words that instruments may name in this installation: what its region and its rooms registered."""

from __future__ import annotations

from tongxin.heart.agreements import vocabulary
from tongxin.heart.agreements.reader import Known
from tongxin.heart.events import vocabulary as events
from tongxin.heart.region.models import Jurisdiction, JurisdictionGroup, OfficeRole


def known_words() -> Known:
    """Return the words that the reader accepts now."""
    places = set(Jurisdiction.objects.values_list("id", flat=True))
    groups = set(JurisdictionGroup.objects.values_list("id", flat=True))
    return Known(
        events=frozenset(events.names()),
        conditions=frozenset(vocabulary.conditions()),
        questions=frozenset(vocabulary.questions()),
        roles=frozenset(OfficeRole.objects.values_list("id", flat=True)),
        parties=frozenset(places | groups),
        procedures=frozenset(vocabulary.procedures()),
        fields=frozenset(vocabulary.fields()),
    )
