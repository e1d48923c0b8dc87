"""A desk's day in the crash test's story: tables, saved filters, one act for several cases, standing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]
CLERK = ("langfang-clerk", "he-langfang-services/window_clerk")


def _clerk() -> Any:
    from tests.faults.story import acting

    return acting(*CLERK)


def _do(name: str, /, **given: Any) -> Do:
    """An act on what an earlier command made; a given function reads it there."""

    def act(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        asked = {field: value(told) if callable(value) else value for field, value in given.items()}
        done: dict[str, Any] = getattr(actions, name)(by=_clerk(), key=key, **asked)
        return done

    return act


def several(told: Told, key: str) -> dict[str, Any]:
    """Accept several cases at once: one that can, one that has gone on."""
    from tongxin.heart.cases import actions

    cases = [(told[name]["case"], "") for name in ("desk-file", "states-file")]
    run = actions.run(by=_clerk(), key=key, name="accept", given={}, cases=cases)
    return {"run": str(run.pk)}


def stand_in(told: Told, key: str) -> dict[str, Any]:
    """The administrator names who stands in for the clerk."""
    from tests.faults.story import acting
    from tongxin.heart.region.holdings import today
    from tongxin.heart.region.models import Person
    from tongxin.site.people import stand_ins

    return stand_ins.name_stand_in(
        by=acting("langfang-admin"),
        key=key,
        post=CLERK[1],
        absent=Person.objects.get(username=CLERK[0]).pk,
        stand_in=Person.objects.get(username="langfang-approver").pk,
        valid_from=today(),
        valid_until=date(today().year + 1, 1, 1)
        if today().month > 10
        else date(today().year, today().month + 2, 1),
    )


def stand_in_ended(told: Told, key: str) -> dict[str, Any]:
    """And ends it early."""
    from tests.faults.story import acting
    from tongxin.site.people import stand_ins

    return stand_ins.end(by=acting("langfang-admin"), key=key, substitution=told["stand-in"]["substitution"])


def _filed(told: Told, key: str) -> dict[str, Any]:
    from tests.faults import states_story

    return states_story.filed(told, key)


def _case(told: Told) -> str:
    return str(told["desk-file"]["case"])


def _view(told: Told) -> int:
    return int(told["view"]["view"])


# Name, minutes after the beginning, what is done.
PART: list[tuple[str, int, Do]] = [
    ("desk-file", 20_000, _filed),
    ("desk-take", 20_001, _do("take", number=_case)),
    ("desk-back", 20_002, _do("put_back", number=_case)),
    ("desk-bulk", 20_003, several),
    ("view", 20_004, _do("save_view", name="示例", filters={"tab": "overdue"})),
    ("view-changed", 20_005, _do("change_view", view=_view, name="示例·二", shared=True)),
    ("view-deleted", 20_006, _do("delete_view", view=_view)),
    ("stand-in", 20_007, stand_in),
    ("stand-in-ended", 20_008, stand_in_ended),
]
