"""The part of the scene that is about a desk's day: a case on a colleague's table, saved filters, a run, a stand-in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.authorisation.scene import Scene

CLERK = "tj-wuqing-services/window_clerk"
COORDINATOR = "tj-wuqing-coordination/coordinator"


def build(scene: Scene) -> None:
    """Act it out through the real actions."""
    from tongxin.heart.cases import actions
    from tongxin.heart.region.holdings import today
    from tongxin.heart.region.models import PostHolding
    from tongxin.site.people import stand_ins

    house = scene.house
    clerk, colleague = house.acting("wuqing-clerk", CLERK), house.person("wuqing-approver")
    actions.give(by=clerk, key="scene-give", number=scene.words["accepted"], to=colleague.pk)
    view = actions.save_view(
        by=clerk, key="scene-view", name="示例·急件", filters={"tab": "overdue"}, shared=True
    )
    run = actions.run(
        by=clerk, key="scene-run", name="accept", given={}, cases=[(scene.words["accepted"], "")]
    )
    away, stand_in = house.person("wuqing-coordinator"), house.person("reader-tj-wuqing-ecology")
    named = stand_ins.name_stand_in(
        by=house.acting("wuqing-admin"), key="scene-stand-in", post=COORDINATOR, absent=away.pk,
        stand_in=stand_in.pk, valid_from=today(), valid_until=today() + timedelta(days=9),
    )  # fmt: skip
    holding = PostHolding.objects.get(person__username="reader-tj-wuqing-services")
    scene.words |= {
        "colleague": str(clerk.person_id),
        "view": str(view["view"]),
        "run": str(run.pk),
        "substitution": str(named["substitution"]),
        "away_holding": str(holding.pk),
        "away": str(away.pk),
        "stand_in": str(stand_in.pk),
    }
