"""What a reader may do with a duty now. The act decides again when it is done; this only chooses what a page offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongxin.heart.agreements import performing
from tongxin.heart.agreements.duties import NOT_BY_DESK, SIGHT_ENDED
from tongxin.heart.agreements.language import AnyClause, Deliver
from tongxin.heart.agreements.models import Duty
from tongxin.heart.region.acting import Acting

JUDGED = ("recognise", "share", "deliver", "settle")  # kinds of clauses whose duties are met by a delivery

NAMES = ("perform", "accept", "send_back", "excuse", "give_up", "suspend", "resume", "date")  # of the acts


@dataclass(frozen=True)
class May:
    """The acts that are open to the reader; `post_may_not` when the desk could act, but not the post."""

    perform: bool = False
    accept: bool = False
    send_back: bool = False
    excuse: bool = False
    give_up: bool = False
    suspend: bool = False
    resume: bool = False
    date: bool = False
    post_may_not: bool = False
    since: datetime | None = None  # from when it may be done, where that is still to come

    @property
    def anything(self) -> bool:
        """Whether there is any form at all."""
        return any(
            (self.perform, self.accept, self.send_back, self.release, self.suspend, self.resume, self.date)
        )

    @property
    def release(self) -> bool:
        """Whether the reader may end the duty without it being met."""
        return self.excuse or self.give_up


def may(reader: Acting, duty: Duty, clause: AnyClause, now: datetime) -> May:
    """Return what the reader may do with the duty: its side, its post and the state allow it."""
    if duty.terminal:
        return May()
    can = reader.capabilities
    bound, owed = reader.desk == duty.bound_desk_id, reader.answers_for(duty.owed_desk_id)
    judged = bool(performing.asked(clause, duty))
    state = duty.state
    claimed = owed and state == Duty.State.CLAIMED
    in_time = duty.answer_due_at is None or now <= duty.answer_due_at
    waits = in_time or getattr(clause, "on_silence", "escalate") == "escalate"  # else silence has answered
    movable = isinstance(clause, Deliver) and judged and now <= duty.due_at
    either = bound or owed or reader.answers_for(duty.bound_desk_id)
    since = not_before(duty, now) if bound and state == Duty.State.OPEN else None
    first = (bound and judged and state == Duty.State.OPEN) or claimed
    return May(
        perform=bound and judged and state == Duty.State.OPEN and "perform" in can and since is None,
        accept=claimed and waits and "confirm" in can,
        send_back=claimed and in_time and "confirm" in can,
        excuse=owed and "excuse" in can,
        give_up=owed and "excuse" in can,
        suspend=bound and _stoppable(duty, now) and bool(clause.grounds) and "perform" in can,
        resume=bound and state == Duty.State.SUSPENDED and not by_rules(duty) and "perform" in can,
        date=either and movable and "excuse" in can,
        post_may_not=first and not ({"perform"} if bound else {"confirm"}) & can,
        since=since,
    )


def by_rules(duty: Duty) -> bool:
    """Whether the duty stands still because its whole case does, or because a sight that it needs has ended."""
    return bool(duty.pauses) and duty.pauses[-1].get("ground") in NOT_BY_DESK


def without_sight(duty: Duty) -> bool:
    """Whether the duty stands still because its desk may no longer see what it needs."""
    return duty.state == Duty.State.SUSPENDED and duty.pauses[-1]["ground"] == SIGHT_ENDED


def not_before(duty: Duty, now: datetime) -> datetime | None:
    """Return from when a duty may be met, where that is still to come: an account waits for its period's end."""
    since = performing.account_from(duty)
    return since if since is not None and now < since else None


def _stoppable(duty: Duty, now: datetime) -> bool:
    """Whether the clock can be stopped: it runs, the due has not passed and follows no computed time."""
    return duty.state == Duty.State.OPEN and now <= duty.due_at and duty.due_count.get("form") != "before"


def button(duty: Duty) -> tuple[str, str]:
    """Return the word of the button with which a duty is met, and the capability that it needs."""
    if duty.purpose == Duty.Purpose.CONFIRM:
        return _("Confirm receipt"), "confirm"
    if duty.purpose == Duty.Purpose.STAND_DOWN:
        return _("Tell them"), "notify"
    match duty.clause.kind:
        case "notify":
            return _("Notify"), "notify"
        case "recognise":
            return _("Answer"), "perform"
        case "settle":
            words = {"state": _("State the account"), "check": _("Check the account"), "pay": _("Pay")}
            return words.get(performing.stage(duty), _("Hand in")), "perform"
        case "share":
            return _("Supply"), "perform"
        case "deliver":
            return _("Hand in"), "perform"
    if duty.subject.startswith("decide"):
        return _("Decide"), "decide"
    if duty.subject.startswith("dispute"):
        return _("Name a holder"), "excuse"
    return (
        (_("Report"), "hand_over") if duty.subject.startswith("progress") else (_("Take over"), "take_over")
    )


def done_here(duty: Duty) -> bool:
    """Whether the duty is met on its own page; notices, receipts and cases have pages of their own."""
    if duty.purpose != Duty.Purpose.DO:
        return False
    return duty.clause.kind in JUDGED or duty.subject.startswith(performing.PROGRESS)


def proposed_days(duty: Duty) -> dict[str, str]:
    """Return the days that the sides of a delivery have proposed and not yet agreed: bound, owed."""
    found = duty.due_count.get("proposed", {})
    return {side: str(found[side]) for side in ("bound", "owed") if found.get(side)}
