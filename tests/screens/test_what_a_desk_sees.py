"""What leads into an index finds the same as what the words say: matters, duties, messages and reports of every desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench import _copies
from tests.authorisation.conftest import scene
from tongxin.heart.agreements import queries
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk

__all__ = ["scene"]
KINDS = ("notice", "call", "confirm", "offer")


@pytest.fixture
def readers(scene):
    """Desks of a house with some hundred duties, busy and idle ones, in which some incidents have absorbed others."""
    until = scene.house.clock.at
    since = until - timedelta(hours=12)
    _copies.multiply(_copies.Size(duties=100, instruments=1, open=0.4), since=since, until=until)
    numbers = list(Matter.objects.filter(kind="incident").order_by("number").values_list("number", flat=True))
    for one, other in zip(numbers[::7], numbers[3::7], strict=False):
        Matter.objects.filter(number=other).update(absorbed_by=one)
    busy = set(Duty.objects.values_list("bound_desk_id", flat=True)[:40])
    busy |= set(Event.objects.values_list("by_desk_id", flat=True)[:10])
    idle = set(Desk.objects.order_by("id").values_list("id", flat=True)[:3])
    groups = set(Desk.objects.filter(group__isnull=False).values_list("id", flat=True)[:2])
    offices = {f"{desk.partition('/')[0]}/coordination_office" for desk in busy}
    desks = Desk.objects.filter(id__in=busy | idle | groups | offices).order_by("id")
    return [Acting(f"{d.id}/post", d.id, d.jurisdiction_id or "", frozenset()) for d in desks]


def _side(reader: Acting, places: dict[str, str | None]) -> set[str]:
    """The own desk; of a coordination office every desk of its jurisdiction."""
    whole = {desk for desk, place in places.items() if place and place == reader.jurisdiction}
    return {reader.desk} | (whole if reader.coordinates else set())


def test_every_desk_sees_what_the_words_say(readers):
    events = list(Event.objects.select_related("matter"))
    duties = list(Duty.objects.order_by("due_at", "id"))
    messages = list(Message.objects.order_by("sent_at", "seq"))
    into = dict(Matter.objects.values_list("number", "absorbed_by_id"))
    some = sorted(into)[::2]
    places = dict(Desk.objects.values_list("id", "jurisdiction_id"))
    found_any = 0
    for reader in readers:
        own = _side(reader, places)
        told = {e.matter_id for e in events if e.by_desk_id in own}
        told_or_into = told | {into[n] for n in told if into[n]}
        part = {d.matter_id for d in duties if d.matter_id and own & {d.bound_desk_id, d.owed_desk_id}}
        listed = list(queries.matters(reader))
        assert {m.number for m in listed} == told_or_into | part, reader.desk
        assert [m.opened_at for m in listed] == sorted((m.opened_at for m in listed), reverse=True)
        found_any += len(listed)

        assert queries.part_in(reader, some) == (told_or_into | part) & set(some)

        within = [d for d in duties if d.matter_id and {d.matter_id, into[d.matter_id]} & set(some)]
        may = [d.pk for d in within if own & {d.bound_desk_id, d.owed_desk_id}]
        assert [d.pk for d in queries.duties_in(reader, some)] == may
        alone = [d.pk for d in duties if d.matter_id in some and d.pk in may]
        assert [d.pk for d in queries.duties_in(reader, some, absorbed=False)] == alone

        threads = [f"matter:{n}" for n in some]
        mine = [m for m in messages if m.kind in KINDS and own & {m.from_desk_id, m.to_desk_id}]
        assert [m.id for m in queries.messages_in(reader, threads, *KINDS)] == [
            m.id for m in mine if m.thread in threads
        ]
        assert [m.id for m in queries.messages(reader, *KINDS)] == [m.id for m in mine]
        notices = sorted((m for m in mine if m.kind == "notice"), key=lambda m: m.sent_at, reverse=True)
        latest = list(queries.latest(reader, "notice", 5))
        assert [m.sent_at for m in latest] == [m.sent_at for m in notices[:5]]

        to_tell = {d.matter_id for d in duties if d.purpose == "do" and d.bound_desk_id in own}
        assert queries.whole_of(reader, some) == (told_or_into | to_tell) & set(some)
    assert found_any > 40
