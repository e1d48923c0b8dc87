"""The story that the crash test plays: every act of the product at least once, each under a key of its own.

A command sees what the earlier ones answered (`told`), as a client that keeps its answers would. A new act gets its
command here; `test_crash_points` finds it in the code and fails until it has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults import (
    agenda_story,
    applicants_story,
    desk_story,
    disputes_story,
    duties_story,
    incidents_story,
    lines_story,
    states_story,
)
from tests.faults import consents_story as consents
from tests.faults import instruments_story as instruments
from tests.faults import outbox_story as outbox
from tests.faults import papers_story as papers

BEGINS = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Wednesday; every office is open
WUQING, BAODI = "tj-wuqing/ecology_bureau", "tj-baodi/ecology_bureau"
CLERK, TAKER = "tj-wuqing-services/window_clerk", "bj-tongzhou-services/window_clerk"
TONGZHOU_CENTRE = "bj-tongzhou/service_centre"

Told = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """One command: its name is also its idempotency key; `at` is minutes after the beginning."""

    name: str
    at: int
    do: Callable[[Told, str], dict[str, Any]]


def acting(username: str, post: str = "") -> Any:
    from tongxin.heart.region.holdings import acting_in, seats_of
    from tongxin.heart.region.models import Person

    person = Person.objects.get(username=username)
    held = [seat for seat in seats_of(person) if not post or seat.post.id == post]
    return acting_in(held[0], person=person, via="cli")


INSTRUMENTS = (
    "baodi-langfang-water",
    "langfang-wuqing-rivers",
    "tongwulang-one-window",
    "tongwulang-road-works",
)  # that the story is of


def load(told: Told, key: str) -> dict[str, Any]:
    import shutil
    import tempfile

    from django.conf import settings

    from tongxin.site import pack

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(settings.REGION_PACK, Path(folder) / settings.REGION_PACK.name))
        for path in (copy / "instruments").glob("*.yaml"):
            if path.stem not in INSTRUMENTS:
                path.unlink()
        pack.load(copy)
    return {}


def report(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions

    return actions.report_incident(
        Report(
            type="ecology.water_incident",
            place="he-langfang-xianghe",
            known_at=BEGINS,
            occurred_at=BEGINS - timedelta(minutes=20),
            data={
                "river": "qinglongwan-jianhe",
                "location": "示例·闸下",
                "pollutant": "ammonia",
                "level": "III",
            },
        ),
        by=acting("langfang-duty"),
        key=key,
    )


def tell(desk: str, **carried: str) -> Callable[[Told, str], dict[str, Any]]:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.agreements import actions

        return actions.tell(
            by=acting("langfang-duty"),
            key=key,
            matter=told["report"]["matter"],
            to_desk=desk,
            carried=carried,
        )

    return do


def confirm(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import actions

    return actions.confirm(by=acting("wuqing-duty"), key=key, message=told["tell-wuqing"]["message"])


def ring(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import jobs

    jobs.ring_due()
    return {}


def sign(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.ledger import actions

    actions.checkpoint()
    return {}


def verify(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.ledger import watch

    watch.verify_when_due()
    return {}


def jump(told: Told, key: str) -> dict[str, Any]:
    """The machine's clock is set an hour ahead between two looks of the ticker."""
    from tongxin.shared import clock
    from tongxin.site import clock_watch

    walls = iter([BEGINS, BEGINS + timedelta(minutes=60, seconds=15)])
    passed = iter([0.0, 15.0])
    clock_watch.look(clock.Watch(lambda: next(walls), lambda: next(passed)))
    return {}


def confirm_late(told: Told, key: str) -> dict[str, Any]:
    """Baodi confirms in April what was due in March, after the scores of March were frozen."""
    from tongxin.heart.agreements import actions

    return actions.confirm(by=acting("baodi-duty"), key=key, message=told["tell-baodi"]["message"])


def freeze(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.measures import jobs

    jobs.freeze_month()
    return {}


def read_notifications(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.exchange import actions
    from tongxin.heart.exchange.models import Notification
    from tongxin.shared import clock

    by = acting("baodi-duty")
    there = Notification.objects.filter(desk_id=by.desk, at__lte=clock.now())  # given again, it says the same
    ids = list(there.order_by("id").values_list("id", flat=True))
    return actions.mark_read(by=by, key=key, ids=ids)


def export(name: str, subject: str) -> Callable[[Told, str], dict[str, Any]]:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.exchange import exports

        by = acting("wuqing-clerk", CLERK)
        return exports.record(by=by, key=key, name=name, subject=subject, rows=3, fields=["number"])

    return do


APPLICATION: dict[str, Any] = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "applicant": {
        "applicant_name": "示例·运河面馆",
        "credit_code": "91120000MA0TEST001",
        "premises": "示例·新华西街 1 号",
    },
    "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
}


def file_case(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.file_case(by=acting("wuqing-clerk", CLERK), key=key, **APPLICATION)


def _case(told: Told) -> str:
    return str(told["file"]["case"])


def accept(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.accept_case(by=acting("wuqing-clerk", CLERK), key=key, number=_case(told))


def offer(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.offer(
        by=acting("wuqing-clerk", CLERK), key=key, number=_case(told), to_desk=TONGZHOU_CENTRE, epoch=0
    )


def recount(told: Told, key: str) -> dict[str, Any]:
    """The answer to the offer and the promise were counted on an older calendar; the published one is there by now."""
    from tongxin.heart.agreements import recounting
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.cases import promises
    from tongxin.heart.cases.models import Case
    from tongxin.heart.ledger.models import Entry

    older = {"provisional": True, "calendar_version": "before"}
    duty, case = (
        Duty.objects.get(subject=f"answer:{told['offer-1']['offer']}"),
        Case.objects.get(number=_case(told)),
    )
    if not Entry.objects.filter(act="agreements.duty.recounted").exists():
        Duty.objects.filter(pk=duty.pk).update(due_count=duty.due_count | older)
    recounting.recount_provisional()
    if not Entry.objects.filter(act="cases.promise.recounted").exists():
        Case.objects.filter(pk=case.pk).update(promise_count=case.promise_count | older)
    promises.recount_provisional()
    return {}


def return_over(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    by, made = acting("tongzhou-clerk", TAKER), told["offer-1"]["offer"]
    return actions.return_over(by=by, key=key, offer_id=made, reason="papers_incomplete", remark="示例")


def recall(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.recall(by=acting("wuqing-clerk", CLERK), key=key, offer_id=told["offer-2"]["offer"])


def take_over(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.take_over(by=acting("tongzhou-clerk", TAKER), key=key, offer_id=told["offer-3"]["offer"])


def present(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.services import actions

    return actions.present_result(
        by=acting("wuqing-clerk", CLERK),
        key=key,
        kind="lab_test",
        what="ALT",
        issued_by="he-langfang",
        reference="LF-1",
    )


def decide(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    by = acting("tongzhou-approver", "bj-tongzhou-services/approver")
    return actions.decide(by=by, key=key, number=_case(told), epoch=1, outcome="granted", reason="")


def people(name: str, **more: Any) -> Callable[[Told, str], dict[str, Any]]:
    """A command of the administrator of Wuqing; values that are functions are asked of what was told before."""

    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.site.people import actions

        given = {word: value(told) if callable(value) else value for word, value in more.items()}
        done = getattr(actions, name)(by=acting("wuqing-admin"), key=key, **given)
        return done.result if isinstance(done, actions.Once) else done

    return do


def first_administrator(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import actions

    done = actions.create_administrator(
        by=SYSTEM, key=key, username="gaobeidian-admin", display_name="示例", jurisdiction="bj-tongzhou"
    )
    return done.result


POST, DESK = "tj-wuqing-ecology/duty_officer", WUQING
SHIFT = (BEGINS + timedelta(days=2000), BEGINS + timedelta(days=2001))

STORY = [
    Command("load", 0, load),
    Command("report", 2, report),
    Command("tell-wuqing", 10, tell(WUQING, location="示例·闸下", pollutant="ammonia")),
    Command("tell-baodi", 11, tell(BAODI, location="示例·闸下", pollutant="ammonia", forecast_arrival="06:00")),
    Command("confirm", 14, confirm),
    Command("sign-1", 15, sign),
    Command("ring-reminder", 33, ring),
    Command("ring-late", 45, ring),
    Command("ring-later", 120, ring),
    Command("read", 121, read_notifications),
    Command("file", 130, file_case),
    Command("accept", 131, accept),
    Command("paper", 131, papers.add()),
    Command("paper-replaced", 131, papers.add(replaces="paper")),
    Command("file-again", 131, papers.file_again),
    Command("paper-reused", 131, papers.reuse),
    *(Command(name, at, do) for name, at, do in disputes_story.PART),
    *(Command(name, at, do) for name, at, do in applicants_story.PART),
    Command("subscribe-mail", 131, outbox.subscribe(TONGZHOU_CENTRE, "email", "hall@tongzhou.example.org", "offer_recalled")),
    Command("offer-1", 132, offer),
    Command("paper-opened", 132, papers.open_as_offered),
    Command("sweep", 132, papers.sweep),
    Command("recount", 132, recount),
    Command("return", 133, return_over),
    Command("offer-2", 134, offer),
    Command("recall", 135, recall),
    Command("send-mail", 136, outbox.send),
    Command("consent", 136, consents.give),
    Command("consent-withdrawn", 136, consents.withdraw),
    Command("offer-3", 136, offer),
    Command("take-over", 137, take_over),
    Command("sight-ended", 137, consents.ended),
    Command("subscribe-hook", 137, outbox.subscribe("tj-wuqing/service_centre", "webhook", "http://localhost:9/", "case_decided")),
    Command("decide", 138, decide),
    Command("present", 138, present),
    Command("send-hook", 139, outbox.send),
    Command("export-cases", 139, export("cases.list.exported", "desk:tj-wuqing/service_centre/cases")),
    Command("text-changed", 139, papers.text_changed),
    Command("text-dropped", 139, papers.text_dropped),
    Command("search-index", 139, papers.index_anew),
    Command("export-file", 139, papers.file_handed_out),
    Command("export-board", 140, export("site.board.exported", "desk:tj-wuqing/service_centre/board")),
    Command("person", 150, people("create_person", username="faults-new", display_name="示例", post=POST,
                                  valid_from=date(2026, 3, 1))),
    Command("holding", 151, people("give_holding", person=lambda told: told["person"]["person"],
                                   post="tj-wuqing-ecology/deputy", valid_from=date(2026, 3, 1), valid_until=None)),
    Command("holding-ended", 152, people("end_holding", holding=lambda told: told["holding"]["holding"])),
    Command("reset", 153, people("reset_login", person=lambda told: told["person"]["person"])),
    Command("closed", 154, people("set_login_open", person=lambda told: told["person"]["person"], is_open=False)),
    Command("opened", 155, people("set_login_open", person=lambda told: told["person"]["person"], is_open=True)),
    Command("shift", 156, people("add_shift", desk=DESK, post=POST, from_at=SHIFT[0], until_at=SHIFT[1])),
    Command("shift-removed", 157, people("remove_shift", shift=lambda told: told["shift"]["shift"])),
    Command("token", 158, people("issue_token", post=POST, desk=DESK, label="faults")),
    Command("token-revoked", 159, people("revoke_token", token=lambda told: told["token"]["token"])),
    Command("desk-moved", 160, people("move_desk", desk="tj-wuqing/weather_bureau", office="tj-wuqing-coordination",
                                      on=date(2026, 4, 1))),
    Command("administrator", 160, first_administrator),
    Command("replay", 161, outbox.replay),
    Command("send-again", 162, outbox.send),
    Command("replay-all", 163, outbox.replay_all),
    Command("send-last", 164, outbox.send),
    Command("subscription-changed", 165, outbox.change),
    Command("subscription-stopped", 166, outbox.set_active(False)),
    Command("subscription-resumed", 167, outbox.set_active(True)),
    Command("sign-2", 168, sign),
    Command("verify", 169, verify),
    *(Command(name, at, do) for name, at, do in duties_story.PART),
    *(Command(name, at, do) for name, at, do in instruments.COMMANDS),
    *(Command(name, at, do) for name, at, do in incidents_story.PART),
    *(Command(name, at, do) for name, at, do in agenda_story.PART),
    *(Command(name, at, do) for name, at, do in duties_story.LATE),
    *(Command(name, at, do) for name, at, do in states_story.PART),
    *(Command(name, at, do) for name, at, do in desk_story.PART),
    *(Command(name, at, do) for name, at, do in disputes_story.SILENT),
    Command("freeze", 36_000, freeze),
    Command("confirm-late", 36_010, confirm_late),
    Command("restate", 36_020, freeze),
    *(Command(name, at, do) for name, at, do in lines_story.PART),
    # Stays last: given once more before later entries, it would find the clock behind the log, and rightly say so.
    Command("jump", 40_000, jump),
    Command("sign-last", 40_000, sign),
]  # fmt: skip
