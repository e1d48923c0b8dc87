"""Writes of warnings: a desk is warned of a danger though no clause lets it be told. It is never refused (HEART §3).

Such a warning goes out on the basis `law` or `necessity` with its reason, is marked wherever it shows, and the
coordination office of its sender reviews it within a day. What a bar forbids stays behind.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, own_rules, queries, reconcile, rulebook, scene, vocabulary
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.actions.telling import CARRIED_MAX
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.match import barred
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.performing import WARNING
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import Invalid

BASES = ("law", "necessity")
REVIEW = Within(within=timedelta(days=1), starts="delivered", clock="calendar")
COORDINATION = "coordination_office"


def warn(
    *, by: Acting, key: str, matter: str, to_desk: str, carried: dict[str, str], basis: str, reason: str
) -> dict[str, Any]:
    """Warn a desk on the basis `law` or `necessity`: `reason` says by which provision, or of which danger.

    `carried` holds registered fields, at least one; those that a bar forbids are withheld, and the message says so.
    """
    by.need("notify")
    carried = {name: text.strip() for name, text in carried.items() if text.strip()}
    why = parts.need_reason(reason)
    request = {"matter": matter, "to": to_desk, "carried": carried, "basis": basis, "reason": why}
    queries.matter(by, matter)
    _need_sendable(by, to_desk, carried, basis)  # refused before the rule of the review is entered
    clause = own_rules.review_clause()
    with act("agreements.warning.sent", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        locked = parts.lock_matter(queries.matter(by, matter).number)
        withheld = _withheld(locked, by.desk, to_desk, carried)
        message = exchange.send(
            "warning",
            from_desk=by.desk,
            to_desk=to_desk,
            thread=reconcile.thread_of(locked),
            basis=basis,
            body={
                "carried": {name: text for name, text in carried.items() if name not in withheld},
                "withheld": sorted([name, bar] for name, bar in withheld.items()),
                "reason": why,
            },
            at=a.at,
            drill=locked.drill,
        )
        reviewer = _reviewer(by.desk)
        review = duties.open_round(
            clause=clause,
            thread=reconcile.thread_of(locked),
            matter=locked.number,
            bound_desk=reviewer,
            owed_desk=to_desk if to_desk != reviewer else by.desk,
            purpose=Duty.Purpose.DO,
            subject=f"{WARNING}{message.id}",
            limit=REVIEW,
            starts_at=message.delivered_at or a.at,
            opened_by=f"message:{message.id}",
            at=a.at,
            drill=locked.drill,
        )
        _ring(locked, message, review, a)
        a.result = {
            "message": str(message.id),
            "review": review.pk if review else None,
            "withheld": sorted(withheld),
        }
        a.entry(
            f"{reconcile.thread_of(locked)}/message:{message.id}",
            cause=f"message:{message.id}",
            basis=basis,
            payload=request
            | {
                "carried": message.body["carried"],
                "withheld": message.body["withheld"],
                "opened": duties.summaries([review] if review else []),
            },
        )
    return a.result


def warnings_of(matter: Matter) -> list[Message]:
    """Return the warnings that went out in a matter or in one that it absorbed, oldest first."""
    numbers = [matter.number, *matter.absorbed.values_list("number", flat=True)]
    rows = Message.objects.read_as("agreements.warnings").filter(
        kind="warning", thread__in=[f"matter:{number}" for number in numbers]
    )
    return list(rows.order_by("sent_at", "seq"))


def _need_sendable(by: Acting, to_desk: str, carried: dict[str, str], basis: str) -> None:
    """Raise Invalid, naming every field at once, unless the warning says whom, on which basis, and something."""
    wrong: dict[str, list[Any]] = {}
    if basis not in BASES:
        wrong["basis"] = [_("Choose the law, or necessity.")]
    if to_desk == by.desk or not Desk.objects.filter(id=to_desk).exists():
        wrong["to_desk"] = [_("Choose a desk of another office.")]
    known = vocabulary.fields()
    for name, text in carried.items():
        if name not in known:
            wrong[name] = [_("There is no such field.")]
        elif len(text) > CARRIED_MAX:
            wrong[name] = [_("This text is too long: at most %(n)d characters.") % {"n": CARRIED_MAX}]
    if not carried:
        wrong["carried"] = [_("Say in one field at least what the danger is.")]
    if wrong:
        raise Invalid(_("The warning was not sent."), wrong, code="not_sendable")


def _withheld(matter: Matter, sender: str, receiver: str, carried: dict[str, str]) -> dict[str, str]:
    """Return the fields that a bar of the matter's rulebook keeps from crossing, each with its bar."""
    pinned_at = matter.pinned_at or matter.opened_at
    bars = rulebook.barrings([*matter.rulebook, *matter.joined], pinned_at=pinned_at)
    places = scene.places_on(pinned_at)
    one, other = sender.partition("/")[0], receiver.partition("/")[0]
    found = {name: barred(name, one, other, bars, places) for name in carried}
    return {name: bar for name, bar in found.items() if bar}


def _reviewer(desk: str) -> str:
    """Return the coordination desk that reviews what a desk has sent: its place's own, else that of what it lies in."""
    place = desk.partition("/")[0]
    line = [f"{each}/{COORDINATION}" for each in region.lineage(place) or [place]]
    there = set(Desk.objects.filter(id__in=line).values_list("id", flat=True))
    return next((each for each in line if each in there), desk)


def _ring(matter: Matter, message: Message, review: Duty | None, a: Act) -> None:
    parts.ring(
        message.to_desk_id,
        "warning_sent",
        reconcile.thread_of(matter),
        a.at,
        dedupe=f"warning:{message.id}",
        drill=matter.drill,
        desk=message.from_desk_id,
        basis=message.basis,
    )
    if review is not None:
        parts.ring_new(review, a.at, matter.kind)
