"""The demonstration day can be played on any day, and says of everything it makes that it is made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tongxin.shared import clock

PACK = Path(__file__).resolve().parents[4] / "regions" / "jingjinji"


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 2, 18, 3, 20, tzinfo=clock.BEIJING), id="the night of a holiday"),
        pytest.param(
            datetime(2026, 11, 20, 9, 41, tzinfo=clock.BEIJING), id="a Friday morning", marks=pytest.mark.soak
        ),
    ],
)
@pytest.mark.django_db
def test_the_day_ends_now_and_leaves_every_state_to_look_at(now: datetime, settings: Any) -> None:
    from tongxin.heart.agreements.models import AgendaItem, Clause, Duty, Ring
    from tongxin.heart.cases.models import Case, Offer
    from tongxin.heart.events.models import Matter
    from tongxin.heart.exchange.models import Delivery
    from tongxin.heart.ledger.models import Entry
    from tongxin.heart.measures.queries import kept_by_field
    from tongxin.site import demo_day, pack

    settings.DEMO = True
    with clock.held_at(demo_day.begins(now, PACK)) as hand:
        pack.load(PACK)
        played = demo_day.play(hand, until=now, pack=PACK)
        assert clock.now() == now
    assert (played.incidents, played.cases) == (
        Matter.objects.filter(kind="incident").count(),
        Case.objects.count(),
    )
    times = list(Entry.objects.order_by("index").values_list("at", flat=True))
    assert times == sorted(times)
    assert all(at <= now for at in times)
    shares = {it.code: it.kept for it in kept_by_field(now)}
    assert shares["ecology"].share is not None
    assert shares["services"].share is not None
    assert shares["ecology"].on_time + shares["services"].on_time >= 12
    made_up = {code for code, kept in shares.items() if kept.illustrative}
    assert made_up >= {"ecology", "services"}
    late = Duty.objects.filter(state="open", due_at__lt=now, purpose="confirm")
    old, new = late.order_by("due_at")
    assert set(Ring.objects.filter(duty=new).values_list("step", flat=True)) >= {"remind", "next_on_duty"}
    item = AgendaItem.objects.get()
    assert (item.duty, item.meeting) == (old, "tongwulang/coordination_office")
    assert item.put_at - old.due_at < timedelta(hours=7)
    rung = Ring.objects.filter(duty=old).exclude(step="remind").values_list("at", flat=True)
    assert len(set(rung)) >= 6, "each step rang when its time had come; nobody is second on the roster"
    assert Duty.objects.filter(state="open", due_at__lt=now, purpose="do", matter__isnull=False).count() == 1
    assert set(Offer.objects.values_list("state", flat=True)) == {"offered", "taken_over", "returned"}
    assert set(Case.objects.values_list("state", flat=True)) == {"filed", "accepted", "in_hand", "decided"}
    assert set(Case.objects.values_list("outcome", flat=True)) == {"", "granted", "refused"}
    assert Delivery.objects.filter(state="sent").exists()
    assert all(row.payload["illustrative"] for row in Delivery.objects.all())
    words = {
        row.version.number: (row.body["due"]["within"], row.text_zh[:40], row.text_en)
        for row in Clause.objects.filter(
            version__instrument="langfang-wuqing-rivers", name="notify-downstream"
        ).select_related("version")
    }
    for number, (within, zh, en) in {
        1: ("PT30M", "三十分钟", "thirty"),
        2: ("PT20M", "二十分钟", "twenty"),
        3: ("PT15M", "十五分钟", "fifteen"),
    }.items():
        signed = words[number]
        assert (signed[0], zh in signed[1], f"within {en} minutes, giving" in signed[2]) == (
            within,
            True,
            True,
        )
    for case in Case.objects.all():
        assert case.applicant["applicant_name"].startswith("示例")
        assert case.illustrative


def test_a_pack_without_a_day_has_none(tmp_path: Path) -> None:
    from tongxin.site import demo_day

    now = clock.now()
    assert demo_day.read(tmp_path) is None
    assert demo_day.begins(now, tmp_path) == now
    with clock.held_at(now) as hand:
        demo_day.play(hand, until=now + timedelta(minutes=1), pack=tmp_path)
        assert clock.now() == now + timedelta(minutes=1)
