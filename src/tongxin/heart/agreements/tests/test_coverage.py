"""Every clause of the pack is called up and reaches each state it can have; a clause that does not shows as a gap."""

import pytest

from tongxin.heart.agreements import coverage, vocabulary
from tongxin.heart.agreements.models import Clause
from tongxin.heart.events import vocabulary as events
from tongxin.shared import clock
from tongxin.shared.errors import Refused

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("it is about the clauses of the pack; what they open is tried on both"),
]
KINDS = {"notify", "handle", "recognise", "share", "deliver", "settle"}


def test_every_clause_of_the_pack_reaches_each_state_it_can_have(house):
    assert set(Clause.objects.values_list("kind", flat=True)) == KINDS
    with clock.held_at(clock.now()) as hand:
        rows = coverage.run(hand.move_to)
    assert {row.clause.id: row.gaps for row in rows if row.gaps} == {}
    assert len(rows) == Clause.objects.count() >= 30
    reached = {
        (row.clause.kind, name) for row in rows for name, said in row.cells.items() if said == coverage.YES
    }
    for kind in KINDS:
        assert {(kind, name) for name in ("fired", "met", "late", "excused", "void", "failed")} <= reached
    assert {
        ("notify", "confirmed"),
        ("notify", "stood_down"),
        ("share", "claimed"),
        ("deliver", "claimed"),
    } <= reached
    with pytest.raises(Refused):
        coverage.run(lambda _at: None)  # not where duties stand


def test_a_clause_that_no_event_fits_and_one_that_ends_wrongly_are_gaps(house, monkeypatch):
    kept = {"baodi-langfang-water@1/notify-downstream", "langfang-wuqing-commuter-bus@1/monthly-fares"}
    Clause.objects.exclude(id__in=kept).delete()
    monkeypatch.setattr(
        vocabulary, "_conditions", vocabulary.conditions() | {"crosses_boundary": lambda _fact: False}
    )
    monkeypatch.setattr(coverage.actions, "excuse", lambda **_given: None)
    assert events.get("ecology.water_incident").examples()
    with clock.held_at(clock.now()) as hand:
        rows = {row.clause.version.instrument_id: row for row in coverage.run(hand.move_to)}
    water, bus = rows["baodi-langfang-water"], rows["langfang-wuqing-commuter-bus"]
    assert water.cells["fired"] == "not called up: no example of ecology.water_incident fits"
    assert set(water.gaps) == set(coverage.COLUMNS)
    assert bus.gaps == {"excused": "it is open"}
