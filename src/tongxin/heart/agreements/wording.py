"""Words of clauses and duties for screens, API and CLI, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongxin.heart.agreements.language import AnyClause
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.events import vocabulary as events
from tongxin.heart.events.models import Matter
from tongxin.heart.region.models import Desk, Jurisdiction, JurisdictionGroup, OfficeRole
from tongxin.shared import clock, durations
from tongxin.shared.named import Both, pick

KINDS: dict[str, Any] = {
    "notify": gettext_lazy("Notify"),
    "handle": gettext_lazy("Handle"),
    "recognise": gettext_lazy("Recognise"),
    "share": gettext_lazy("Share"),
    "deliver": gettext_lazy("Deliver"),
    "settle": gettext_lazy("Settle"),
}
INSTRUMENT_KINDS: dict[str, Any] = {
    "law": gettext_lazy("Law"),
    "agreement": gettext_lazy("Agreement"),
    "plan": gettext_lazy("Plan"),
    "decision": gettext_lazy("Decision of a joint body"),
}
FIELD_NAMES: dict[str, Any] = {
    "transport": gettext_lazy("Transport"),
    "ecology": gettext_lazy("Ecology"),
    "industry": gettext_lazy("Industry"),
    "services": gettext_lazy("Services"),
    "planning": gettext_lazy("Planning"),
    "delivery": gettext_lazy("Delivery"),
    "evidence": gettext_lazy("Evidence"),
}
VERSION_STATES: dict[str, Any] = {
    "draft": gettext_lazy("Draft"),
    "proposed": gettext_lazy("Proposed"),
    "ratified": gettext_lazy("Ratified"),
    "in_force": gettext_lazy("In force"),
    "ended": gettext_lazy("Ended"),
}
DUTY_STATES: dict[str, Any] = {
    "open": gettext_lazy("Open"),
    "late": gettext_lazy("Late"),
    "claimed": gettext_lazy("Claimed"),
    "suspended": gettext_lazy("Suspended"),
    "met": gettext_lazy("Met"),
    "met_late": gettext_lazy("Met late"),
    "excused": gettext_lazy("Excused"),
    "void": gettext_lazy("Void"),
    "failed": gettext_lazy("Not met"),
}
STEPS: dict[str, Any] = {
    "remind": gettext_lazy("reminder to the post on duty"),
    "next_on_duty": gettext_lazy("the next on duty"),
    "deputy": gettext_lazy("the deputy"),
    "head": gettext_lazy("the head"),
    "own_coordination": gettext_lazy("the own coordination office"),
    "both_coordination": gettext_lazy("both coordination offices"),
    "lead_departments": gettext_lazy("the lead departments"),
    "leaders_agenda": gettext_lazy("the agenda of the next leaders' meeting"),
}
BASES: dict[str, Any] = {  # of a warning that no clause lets go out
    "law": gettext_lazy("by law"),
    "necessity": gettext_lazy("by necessity"),
}
MOVES: dict[str, Any] = {
    "correction": gettext_lazy("the report was corrected"),
    "computed_time": gettext_lazy("the forecast has changed"),
    "transition": gettext_lazy("a new version applies to what is running"),
    "calendar": gettext_lazy("the calendar was published"),
    "suspension": gettext_lazy("the time of a suspension does not count"),
    "sent_back": gettext_lazy("the time at the owed office does not count"),
    "agreed": gettext_lazy("both sides agreed another day"),
}
ENDS: dict[str, Any] = {
    "unwanted": gettext_lazy("nothing demands it any more"),
    "wanted_again": gettext_lazy("what it took back is demanded again"),
    "merged": gettext_lazy("two matters became one"),
    "closed": gettext_lazy("the matter was closed"),
}

_looked_up: ContextVar[dict[str, Both | None] | None] = ContextVar("looked_up", default=None)


@dataclass(frozen=True)
class Reading:
    """One line of how the machine reads a clause."""

    term: Any
    text: str


def desk_name(desk: Desk) -> Both:
    """Return the desk's name: whose it is and what it is for."""
    owner: Jurisdiction | JurisdictionGroup | None = desk.jurisdiction or desk.group
    if owner is None:
        return Both(zh=desk.role.name_zh, en=desk.role.name_en)
    place_en = owner.short_en if isinstance(owner, Jurisdiction) else owner.name_en
    return joined(owner.name_zh, place_en, desk.role.name_zh, desk.role.name_en)


def joined(place_zh: str, place_en: str, role_zh: str, role_en: str) -> Both:
    """Return the name of a desk from the names of its place and of its role."""
    return Both(zh=f"{place_zh}{role_zh}", en=f"{place_en} {role_en[:1].lower()}{role_en[1:]}")


def desk_names(ids: Iterable[str]) -> dict[str, Both]:
    """Return the names of desks by id; one that is not there is left out."""
    wanted, looked_up = set(ids), _looked_up.get() or {}
    names = {key: name for key in wanted & looked_up.keys() if (name := looked_up[key]) is not None}
    missing = wanted - looked_up.keys()
    if not missing:
        return names
    rows = Desk.objects.select_related("jurisdiction", "group", "role").in_bulk(missing)
    return names | {key: desk_name(row) for key, row in rows.items()}


@contextmanager
def desks_at_once(ids: Iterable[str], known: Iterable[Desk] = ()) -> Iterator[None]:
    """Look these desks up once for all that is worded inside, as in a list whose lines each name a desk.

    `known` are desks that are at hand, with what naming them takes.
    """
    at_hand: dict[str, Both | None] = {desk.id: desk_name(desk) for desk in known}
    wanted = set(ids) - at_hand.keys()
    names = desk_names(wanted) if wanted else {}
    token = _looked_up.set(at_hand | {key: names.get(key) for key in wanted})
    try:
        yield
    finally:
        _looked_up.reset(token)


def party_names(ids: Iterable[str]) -> dict[str, Both]:
    """Return the names of parties, jurisdictions and groups, by id; an unknown one is named by its id."""
    wanted = list(dict.fromkeys(ids))
    names = {key: Both(zh=key, en=key) for key in wanted}
    for row in JurisdictionGroup.objects.filter(id__in=wanted):
        names[row.id] = Both(zh=row.name_zh, en=row.name_en)
    for place in Jurisdiction.objects.filter(id__in=wanted):
        names[place.id] = Both(zh=place.name_zh, en=place.short_en)
    return names


def length(value: timedelta, *, in_days: bool = True) -> str:
    """Return a length of time in words: `1 hour 30 minutes`; working time has no days of 24 hours."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    days, rest = divmod(minutes, 24 * 60) if in_days else (0, minutes)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)d day", "%(n)d days", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if left:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", left) % {"n": left})
    if seconds:
        parts.append(ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds})
    return pick("", " ").join(parts)


def reading(
    clause: AnyClause, roles: Mapping[str, Any], names: Mapping[str, Any] | None = None
) -> list[Reading]:
    """Return how the machine reads a clause, line by line; see `readings`."""
    from tongxin.heart.agreements import readings

    return readings.reading(clause, roles, names)


def roles() -> dict[str, Both]:
    """Return the names of the office roles by id."""
    return {r.id: Both(zh=r.name_zh, en=r.name_en) for r in OfficeRole.objects.all()}


def duty_words(duty: Duty) -> str:
    """Return what a duty demands, in a few words; its clause must be at hand."""
    if duty.purpose == Duty.Purpose.CONFIRM:
        return _("Confirm receipt of the notice")
    if duty.purpose == Duty.Purpose.STAND_DOWN:
        return _("Tell that it no longer concerns them")
    period, _slash, stage = duty.subject.partition("/")
    what = {"what": body_words(duty.clause.body.get("what")), "period": period}
    match duty.clause.kind:
        case "notify":
            return _("Notify")
        case "recognise":
            return _("Accept or refuse: %(what)s") % what
        case "share" if duty.subject == "delete":
            return _("Confirm that what was shared is deleted")
        case "share":
            return _("Supply the data of %(period)s") % what if period else _("Supply the data")
        case "deliver" if duty.subject.startswith("warning:"):
            return _("Review a warning that went out without a clause")
        case "deliver":
            said = _("Deliver: %(what)s") % what
            return f"{said}{pick('，', ', ')}{period}" if period else said
        case "settle":
            return _settle_words(stage.partition("-")[0], "-" in stage) % what
    return _case_words(duty.subject)


def body_words(both: Any) -> str:
    """Return words that stand in both languages in a clause's stored body; empty where there are none."""
    return pick(str(both.get("zh", "")), str(both.get("en", ""))) if isinstance(both, dict) else ""


def _settle_words(stage: str, again: bool) -> str:
    if stage == "state":
        return _("State the account of %(period)s anew") if again else _("State the account of %(period)s")
    if stage == "check":
        return _("Check or contest the account of %(period)s")
    return _("Pay for %(period)s")


def _case_words(subject: str) -> str:
    if subject.startswith("decide"):
        return _("Decide the case")
    if subject.startswith("progress"):
        return _("Report how the case goes")
    if subject.startswith("dispute"):
        return _("Name who holds a case in dispute")
    return _("Answer the offer of the case")


def end_words(duty: Duty) -> str:
    """Return why a duty ended without being met: what a person wrote, or the words of a reason that is a code."""
    code, colon, rest = duty.end_reason.partition(":")
    if code not in ENDS or not colon:
        return duty.end_reason
    said = str(ENDS[code])
    return f"{said}{pick('：', ': ')}{rest}" if code in {"closed", "merged"} and rest else said


def clause_title(clause: Clause) -> str:
    """Return a clause as a page quotes it: the instrument's title and the clause's number."""
    instrument = clause.version.instrument
    title = pick(instrument.title_zh, instrument.title_en)
    return _("%(agreement)s, clause %(n)d") % {"agreement": title, "n": clause.ordinal}


def clause_url(clause: Clause) -> str:
    """Return where a clause can be read."""
    return f"/agreements/{clause.version_id}/#{clause.name}"


def duty_state(duty: Duty, now: datetime) -> str:
    """Return the state as people say it: an open duty past its due is late; a met one may be met late."""
    if duty.state == Duty.State.OPEN and duty.due_at < now:
        return "late"
    if duty.state == Duty.State.MET and duty.delivered_at and duty.delivered_at > duty.due_at:
        return "met_late"
    return duty.state


def due_counted(duty: Duty) -> str:
    """Return how a due was counted, for the reader who asks why: limit, clock, start, clause.

    One that was not counted from a start is told by its form: an agreed day, a period's end, a computed time.
    """
    from tongxin.heart.agreements import count_story

    count = duty.due_count
    within, starts = str(count.get("within", "")), str(count.get("starts_at", ""))
    clock_words = {
        "calendar": _("calendar time, nights and holidays count"),
        "hours": _("working time of the office"),
        "days": _("working days of the office; the first day does not count"),
    }.get(str(count.get("clock")), "")
    said = {
        "due": due_moment(duty.due_at),
        "clause": pick(duty.clause.title_zh, duty.clause.title_en) or duty.clause_id,
    }
    if not within or not starts or not clock_words:
        limit = count_story.limit_words(count)
        if not limit:
            return _("Due %(due)s. Set by: %(clause)s") % said
        return _("%(limit)s: due %(due)s. Set by: %(clause)s") % (said | {"limit": limit})
    begun = datetime.fromisoformat(starts)
    said |= {
        "length": length(durations.parse(within)),
        "clock": clock_words,
        "starts": due_moment(begun) if count.get("starts") == "period_end" else moment(begun),
    }
    words = _("%(length)s, %(clock)s; from %(starts)s to %(due)s. Set by: %(clause)s") % said
    return _("%(count)s (provisional)") % {"count": words} if count.get("provisional") else words


def thread_url(thread: str, kind: str = "") -> str:
    """Return the page of a thread: a case's, or the one its kind of matter has; `kind` saves the look-up."""
    number = thread.split(":", 1)[1]
    if thread.startswith("case:"):
        return f"/cases/{number}/"
    known = kind or Matter.objects.filter(number=number).values_list("kind", flat=True).first() or ""
    return events.page(known, number)


def step_words(step: str) -> str:
    """Return a step of the escalation in words; of an answer that is owed it says so."""
    row = step.removeprefix("answer:")
    words = str(STEPS.get(row, row))
    return _("no answer: %(step)s") % {"step": words} if row != step else words


def due_moment(at: datetime | None) -> str:
    """Return the instant of a due for a line of text: as `moment`, but the end of a day is its 24:00."""
    if at is None or not clock.ends_day(at):
        return moment(at)
    return f"{clock.due_day(at)} 24:00"


def moment(at: datetime | None) -> str:
    """Return an instant for a line of text: `2026-03-10 00:12`, Beijing time; `-` where there is none yet."""
    return f"{clock.beijing(at):%Y-%m-%d %H:%M}" if at else "-"
