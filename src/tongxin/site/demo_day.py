"""The demonstration day: a plausible stretch of work, read from the region pack and played through the real acts.

Recorded time never runs backwards, so the day begins before anything else is written: open the clock at `begins(now)`,
load the pack, then `play(hand, until=now)`. A pack without `demo/day.yaml` has no demonstration day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from pydantic import Field
from ruamel.yaml import YAML

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, jobs, lifecycle, opening, performing, rulebook, starting
from tongxin.heart.agreements import queries as versions
from tongxin.heart.agreements.language import Length, Strict
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions as cases
from tongxin.heart.cases.queries import procedure
from tongxin.heart.events.actions import Report
from tongxin.heart.exchange import jobs as outbox
from tongxin.heart.exchange import keeping
from tongxin.heart.region import calendars
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Post, PostHolding
from tongxin.petals.ecology import actions as ecology
from tongxin.shared import clock

ENTERED_AFTER = timedelta(minutes=4)  # from knowing of an incident to entering it
RINGS = timedelta(minutes=16)  # how often the bell is looked after in the last hours
LAST_HOURS = timedelta(hours=2)
LADDER = timedelta(hours=8)  # so long after an incident of an earlier day that somebody has not confirmed
PROCEDURE = "food-business-licence"
CREDIT_CODE = "91000000SHILI{:05d}"
NOTIFIER, CLERK, APPROVER, ECOLOGY, CENTRE, COORDINATION = (
    "duty_officer",
    "window_clerk",
    "approver",
    "ecology_bureau",
    "service_centre",
    "coordination_office",
)
MADE_UP = "示例 / Illustrative"  # not ui


class Incident(Strict):
    """An incident, whom it was told to, who confirmed: lengths of time after it was known."""

    by: str
    place: str
    river: str
    pollutant: str
    location: str
    level: str
    known: Length | None = None  # before now; or days and wall time
    days: int = 0
    at: str = ""
    told: dict[str, Length] = Field(default_factory=dict)
    confirmed: dict[str, Length] = Field(default_factory=dict)
    forecast: str = ""


class Step(Strict):
    """One act on a case: on a working day counted back, or so long before now."""

    do: Literal["file", "accept", "offer", "take_over", "return", "recall", "decide"]
    day: int = 0
    at: str = ""
    before: Length | None = None
    outcome: str = "granted"
    reason: str = ""
    remark: str = ""


class DemoCase(Strict):
    """A case that is taken in at one place and decided at another, with its acts."""

    at: str
    decide_at: str
    name: str
    premises: str
    steps: tuple[Step, ...] = Field(min_length=1)


class DemoSubscription(Strict):
    """That the notifications of a desk also go by a connector, from so long before now."""

    by: str  # the post that keeps the outbox of its jurisdiction
    desk: str
    connector: str
    target: str
    since: Length


class DemoAgreement(Strict):
    """A next version of an instrument of the pack: what it changes, who proposes it, which posts sign it, and when.

    With every party's signatures it replaces the version before it; with fewer it waits for them.
    """

    instrument: str
    change: dict[str, str]  # what stands in the text, and what shall stand there
    begins: int  # days before now from which it shall bind; below zero: days from now
    by: str  # post
    days: int = Field(ge=0)  # before now
    at: str
    signed: tuple[str, ...] = ()  # posts; who holds one signs


class DemoDay(Strict):
    """The file of the pack."""

    provenance: dict[str, str]
    begins: int = Field(ge=1, le=300)
    incidents: tuple[Incident, ...] = ()
    cases: tuple[DemoCase, ...] = ()
    subscriptions: tuple[DemoSubscription, ...] = ()
    agreements: tuple[DemoAgreement, ...] = ()


@dataclass
class Played:
    """What was played: how many acts of which kind."""

    incidents: int = 0
    cases: int = 0
    acts: int = 0


@dataclass
class _Stage:
    """The acts in the order of their times, and what later acts need of earlier ones."""

    until: datetime
    acts: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def add(self, at: datetime, act: Callable[[], None]) -> None:
        self.acts.append((min(at, self.until), len(self.acts), act))


def read(pack: Path | None = None) -> DemoDay | None:
    """Return the pack's demonstration day, or None when it has none."""
    path = (pack or Path(settings.REGION_PACK)) / "demo" / "day.yaml"
    return DemoDay.model_validate(YAML(typ="safe").load(path)) if path.exists() else None


def begins(now: datetime, pack: Path | None = None) -> datetime:
    """Return the instant at which the clock must stand before anything is loaded."""
    day = read(pack)
    return now - timedelta(days=day.begins) if day else now


def play(hand: clock.Hand, until: datetime, pack: Path | None = None) -> Played:
    """Play the day with the held clock, from where it stands until `until`, and leave it there."""
    day = read(pack)
    played = Played()
    if day is not None:
        stage = _Stage(until)
        for n, incident in enumerate(day.incidents, start=1):
            _stage_incident(stage, incident, n)
        for n, case in enumerate(day.cases, start=1):
            _stage_case(stage, case, n)
        for n, subscription in enumerate(day.subscriptions, start=1):
            stage.add(until - subscription.since, partial(_subscribe, subscription, n))
        for n, agreement in enumerate(day.agreements, start=1):
            _stage_agreement(stage, agreement, n)
        for days in range(day.begins):  # what the ticker would have done each night
            stage.add(_wall(until, days, "00:05"), _night)
        stage.add(until, _night)
        _stage_rings(stage, until - LAST_HOURS, LAST_HOURS)
        for at, _n, act in sorted(stage.acts, key=lambda it: it[:2]):
            hand.move_to(max(at, clock.now()))
            act()
        played = Played(len(day.incidents), len(day.cases), len(stage.acts))
    hand.move_to(max(until, clock.now()))
    return played


def _stage_rings(stage: _Stage, since: datetime, length: timedelta) -> None:
    """Look after the bell again and again for a while."""
    step = timedelta()
    while step <= length:
        stage.add(since + step, _ring)
        step += RINGS


def _ring() -> None:
    jobs.ring_due()
    outbox.send_due()


def _subscribe(it: DemoSubscription, n: int) -> None:
    by = acting(it.by, COORDINATION)
    keeping.subscribe(
        by=by, key=f"demo:subscription:{n}", desk=it.desk, connector=it.connector, target=it.target
    )


def _night() -> None:
    lifecycle.settle_versions()
    opening.open_periods()
    soon = clock.now() + timedelta(days=1)
    owed = Duty.objects.filter(state=Duty.State.OPEN, purpose=Duty.Purpose.DO, due_at__lte=soon)
    for duty in owed.filter(matter__kind__in=("period", "task")).select_related("clause__version"):
        _perform(duty)


def _perform(duty: Duty) -> None:
    """Deliver what a period or a task asks for, in words that say they are made up; accept it where that is owed."""
    asked = performing.asked(rulebook.read_clause(duty.clause), duty)
    given = {"money": "120000", "choice": ""}
    carried = {
        each.name: str(each.choices[0][0]) if each.choices else given.get(each.kind, MADE_UP)
        for each in asked
        if each.required
    }
    done = agreements.perform(
        by=_at_desk(duty.bound_desk_id, "perform"),
        key=f"demo:perform:{duty.pk}",
        duty=duty.pk,
        carried=carried,
    )
    if done["state"] == Duty.State.CLAIMED:
        agreements.accept(
            by=_at_desk(duty.owed_desk_id, "confirm"), key=f"demo:accept:{duty.pk}", duty=duty.pk
        )


def _at_desk(desk: str, capability: str) -> Acting:
    """Return a post that may do something at a desk."""
    posts = [p for p in region.posts_of(region.desk_office(desk)) if capability in p.capabilities]
    return replace(acting(posts[0].id, desk.partition("/")[2]), desk=desk)


def _stage_agreement(stage: _Stage, it: DemoAgreement, n: int) -> None:
    made: dict[str, Any] = {}
    at = _wall(stage.until, it.days, it.at)

    def propose() -> None:
        row = versions.version(it.instrument)
        text = starting.next_version(row)
        begins = clock.beijing(stage.until).date() - timedelta(days=it.begins)
        for old, new in it.change.items():
            if old not in text:
                raise ValueError(f"{row.id} does not say {old!r}; mend demo/day.yaml")
            text = text.replace(old, new, 1)
        text = text.replace(f"from: {row.in_force_from.isoformat()}", f"from: {begins.isoformat()}", 1)
        by = _seated(it.by)
        draft = agreements.draft(by=by, key=f"demo:draft:{n}", text=text, file=row.source_file)
        made.update(agreements.propose(by=by, key=f"demo:propose:{n}", draft=draft["draft"]))

    def sign(post: str) -> None:
        agreements.sign(
            by=_seated(post),
            key=f"demo:sign:{n}:{post}",
            version=made["version"],
            canonical_hash=made["hash"],
        )

    stage.add(at, propose)
    for turn, post in enumerate(it.signed, start=1):
        stage.add(at + timedelta(minutes=20 * turn), partial(sign, post))


def _seated(post_id: str) -> Acting:
    """Return a post at its coordination office's desk with the person who holds it, as signing needs persons."""
    held = PostHolding.objects.filter(post=post_id).order_by("id").first()
    return replace(acting(post_id, "coordination_office"), person_id=held.person_id if held else None)


def _stage_incident(stage: _Stage, it: Incident, n: int) -> None:
    known = stage.until - it.known if it.known is not None else _wall(stage.until, it.days, it.at)
    known = known.replace(second=0, microsecond=0)
    if it.days and not it.confirmed:
        _stage_rings(stage, known, LADDER)
    made: dict[str, Any] = {}
    reporter = acting(it.by, ECOLOGY)

    def report() -> None:
        data = {"river": it.river, "location": it.location, "pollutant": it.pollutant, "level": it.level}
        told = Report("ecology.water_incident", it.place, known, data)
        made.update(ecology.report_incident(told, by=reporter, key=f"demo:incident:{n}"))

    def tell(desk: str) -> Callable[[], None]:
        def act() -> None:
            owed = Duty.objects.filter(matter=made["matter"], owed_desk=desk, state=Duty.State.OPEN)
            given = {
                "location": it.location,
                "pollutant": it.pollutant,
                "level": it.level,
                "forecast_arrival": it.forecast,
            }
            carried = {name: given[name] for name in errands.carries(owed.select_related("clause"))}
            done = agreements.tell(
                by=reporter, key=f"demo:tell:{n}:{desk}", matter=made["matter"], to_desk=desk, carried=carried
            )
            made[desk] = done["message"]

        return act

    def confirm(desk: str) -> Callable[[], None]:
        def act() -> None:
            post = acting(f"{region.desk_office(desk).id}/{NOTIFIER}", ECOLOGY)
            agreements.confirm(by=post, key=f"demo:confirm:{n}", message=made[desk])

        return act

    stage.add(known + ENTERED_AFTER, report)
    for desk, after in it.told.items():
        stage.add(known + after, tell(desk))
    for desk, after in it.confirmed.items():
        stage.add(known + after, confirm(desk))
        if after > timedelta(hours=1):  # it was late: the bell rang before
            stage.add(known + after - timedelta(minutes=1), _ring)


def _stage_case(stage: _Stage, it: DemoCase, n: int) -> None:
    made: dict[str, Any] = {"epoch": 0}
    here, there = f"{it.at}/{CENTRE}", f"{it.decide_at}/{CENTRE}"

    def clerk(desk: str, role: str = CLERK) -> Acting:
        return acting(f"{region.desk_office(desk).id}/{role}", CENTRE)

    def act(step: Step) -> None:
        key = f"demo:case:{n}:{step.do}"
        match step.do:
            case "file":
                made["number"] = file_case(
                    name=it.name, premises=it.premises, decide_at=it.decide_at, n=n, by=clerk(here), key=key
                )
            case "accept":
                cases.accept_case(by=clerk(here), key=key, number=made["number"])
            case "offer":
                done = cases.offer(
                    by=clerk(here), key=key, number=made["number"], to_desk=there, epoch=made["epoch"]
                )
                made["offer"] = done["offer"]
            case "take_over":
                made.update(cases.take_over(by=clerk(there), key=key, offer_id=made["offer"]))
            case "return":
                cases.return_over(
                    by=clerk(there), key=key, offer_id=made["offer"], reason=step.reason, remark=step.remark
                )
            case "recall":
                cases.recall(by=clerk(here), key=key, offer_id=made["offer"])
            case "decide":
                cases.decide(
                    by=clerk(there, APPROVER),
                    key=key,
                    number=made["number"],
                    epoch=made["epoch"],
                    outcome=step.outcome,
                    reason=step.reason,
                )

    for step in it.steps:
        at = (
            stage.until - step.before
            if step.before is not None
            else _working(stage.until, step.day, step.at, here)
        )
        stage.add(at, partial(act, step))


def file_case(*, name: str, premises: str, decide_at: str, n: int, by: Acting, key: str) -> str:
    """Take a made-up application in, with every paper that is asked for; return the case's number."""
    _row, form = procedure(PROCEDURE)
    given = {"applicant_name": name, "credit_code": CREDIT_CODE.format(n), "premises": premises}
    done = cases.file_case(
        by=by,
        key=key,
        procedure=PROCEDURE,
        decide_at=decide_at,
        applicant=given,
        papers=[paper.id for paper in form.papers if paper.required],
    )
    return str(done["case"])


def acting(post_id: str, role: str) -> Acting:
    """Return the post as an actor at its office's desk of that role."""
    post = Post.objects.select_related("office").get(id=post_id)
    place = post.office.jurisdiction_id
    return Acting(
        post=post.id,
        desk=f"{place}/{role}",
        jurisdiction=place,
        capabilities=frozenset(post.capabilities),
    )


def _wall(until: datetime, days: int, at: str) -> datetime:
    """Return a wall time so many days before."""
    on = clock.beijing(until).date() - timedelta(days=days)
    return datetime.combine(on, time.fromisoformat(at), tzinfo=clock.BEIJING)


def _working(until: datetime, back: int, at: str, desk: str) -> datetime:
    """Return a wall time on a working day of the desk's office, so many working days before; 0 is the last one."""
    calendar = region.desk_office(desk).calendar_id
    on: date = clock.beijing(until).date()
    left = back
    while True:
        if calendars.is_working_day(calendar, on)[0]:
            if left == 0:
                break
            left -= 1
        on -= timedelta(days=1)
    return datetime.combine(on, time.fromisoformat(at), tzinfo=clock.BEIJING)
