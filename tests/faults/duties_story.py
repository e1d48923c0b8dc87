"""The part of the crash story in which duties are judged and two offices settle which clause rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]

NAMES = ("judged-a", "judged-b", "judged-c", "judged-d")
MOVED_TO = date(2026, 8, 31)
CARRIED = {"location": "示例断面", "amount": "12.5 mg/L"}
WHO = {
    "bound": ("langfang-duty", "he-langfang-ecology/duty_officer"),
    "bound-deputy": ("langfang-deputy", "he-langfang-ecology/deputy"),
    "owed": ("wuqing-duty", "tj-wuqing-ecology/duty_officer"),
    "owed-deputy": ("wuqing-deputy", "tj-wuqing-ecology/deputy"),
    "bound-office": ("langfang-coordinator", "he-langfang-coordination/coordinator"),
    "owed-office": ("wuqing-coordinator", "tj-wuqing-coordination/coordinator"),
}


def acting(who: str) -> Any:
    from tongxin.heart.region.holdings import acting_in, seats_of
    from tongxin.heart.region.models import Person

    username, post = WHO[who]
    person = Person.objects.get(username=username)
    seat = next(s for s in seats_of(person) if s.post.id == post)
    return acting_in(seat, person=person, via="cli")


def load(name: str) -> Do:
    """An instrument whose performance is judged; one a command, so that each dies at its own points."""

    def do(told: Told, key: str) -> dict[str, Any]:
        from tests.support import judged

        if name not in NAMES:
            judged.load(name)
            return {}
        share = judged.SHARE.replace("on_silence: accept", "on_silence: return")
        judged.load(texts=(judged.text_of(name, share if name == "judged-d" else judged.SHARE),))
        return {}

    return do


def opened(instrument: str) -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tests.support import judged

        return {"duty": judged.opened(instrument).pk}

    return do


def judge(name: str, who: str, of: str, **more: Any) -> Do:
    """An act of judging on the duty that an earlier command opened."""

    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.agreements import actions

        act: Callable[..., dict[str, Any]] = getattr(actions, name)
        return act(by=acting(who), key=key, duty=told[of]["duty"], **more)

    return do


def silence(told: Told, key: str) -> dict[str, Any]:
    """The owed desks have let their time pass; the ticker answers for them."""
    from tongxin.heart.agreements import actions

    actions.answer_silence()
    return {}


def incident(told: Told, key: str) -> dict[str, Any]:
    """An incident in which two clauses exclude each other."""
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions
    from tongxin.shared import clock

    data = {"river": "long-he", "location": "示例断面", "pollutant": "oil"}
    known = clock.now().replace(second=0, microsecond=0)
    report = Report("ecology.water_incident", "he-langfang-anci", known, data)
    return actions.report_incident(report, by=acting("bound"), key=key)


def closed(told: Told, key: str) -> dict[str, Any]:
    """The matter ends with what is still owed in it, so that the ticker finds nothing there any more."""
    from tongxin.heart.agreements import actions

    return actions.close_matter(told["torn"]["matter"], by=acting("bound"), key=key, reason="示例")


def vote(who: str) -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.agreements import actions
        from tongxin.heart.agreements.models import ClauseConflict

        row = ClauseConflict.objects.get(
            thread=f"matter:{told['torn']['matter']}",
            one_id="judged-now@1/tell-now",
            bound_desk_id="he-langfang/ecology_bureau",
        )
        return actions.settle_conflict(
            by=acting(who), key=key, conflict=row.pk, clause="judged-now@1/tell-now", reason="示例"
        )

    return do


# Name, minutes after the beginning, what is done.
PART: list[tuple[str, int, Do]] = [
    *(
        step
        for name in (*NAMES, "judged-gate")
        for step in ((f"load-{name}", 180, load(name)), (f"open-{name}", 180, opened(name)))
    ),
    *((f"perform-{name}", 183, judge("perform", "bound", f"open-{name}", carried=CARRIED)) for name in NAMES),
    ("accept-judged", 184, judge("accept", "owed", "open-judged-a")),
    ("send-back-judged", 185, judge("send_back", "owed", "open-judged-b", reason="示例")),
    ("suspend-judged", 186, judge("suspend", "bound", "open-judged-b", ground="station_down")),
    ("resume-judged", 187, judge("resume", "bound", "open-judged-b")),
    ("excuse-judged", 188, judge("excuse", "owed-deputy", "open-judged-b", reason="示例")),
    (
        "date-bound",
        189,
        judge("propose_date", "bound-deputy", "open-judged-gate", on=MOVED_TO, reason="示例"),
    ),
    ("date-owed", 190, judge("propose_date", "owed-deputy", "open-judged-gate", on=MOVED_TO, reason="示例")),
    ("load-judged-now", 191, load("judged-now")),
    ("load-judged-sample", 191, load("judged-sample")),
    ("torn", 191, incident),
    ("vote-owed", 192, vote("owed-office")),
    ("vote-bound", 193, vote("bound-office")),
    ("gate-excused", 194, judge("excuse", "owed-deputy", "open-judged-gate", reason="示例")),
    ("torn-closed", 195, closed),
]
# The answer times of two days are over on the sixth day.
LATE: list[tuple[str, int, Do]] = [
    ("silence", 8800, silence),
    ("give-up-judged", 8801, judge("give_up", "owed-deputy", "open-judged-d", reason="示例")),
]
