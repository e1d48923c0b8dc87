"""Write of the coordination offices: what a leaders' meeting resolved on an item of its agenda (HEART §5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import agenda
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import AgendaItem, Resolution
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed

TEXT_MAX = 1000  # characters


def settle_agenda_item(
    *, by: Acting, key: str, item: int, kind: str, met_on: date, text: str, by_day: date | None = None
) -> dict[str, Any]:
    """Record what the leaders' meeting of the day `met_on` resolved on an item; `by_day` goes with `dated` alone.

    For a coordination office of either side, or the one that keeps the agenda. The duty stays as it is: its due and its
    score do not move, and only the owed office excuses. A weighty act.
    """
    by.need("excuse")
    said = text.strip()
    request = {
        "item": item,
        "kind": kind,
        "met_on": met_on.isoformat(),
        "by_day": by_day.isoformat() if by_day else None,
        "text": said,
    }
    with act("agreements.agenda.settled", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _locked(item, by)
        if wrong := _wrong(row, kind, met_on, said, by_day, clock.beijing(a.at).date()):
            raise Invalid(_("The resolution was not recorded."), wrong, code="no_resolution")
        made = Resolution.objects.create(
            item=row,
            kind=kind,
            met_on=met_on,
            by_day=by_day,
            text=said,
            desk_id=by.desk,
            post=by.post,
            at=a.at,
        )
        _ring(row, met_on, by, a)
        a.result = {"item": row.pk, "resolution": made.pk, "kind": kind, "duty": row.duty_id}
        a.entry(f"{row.duty.thread}/duty:{row.duty_id}", basis=row.duty.clause_id, payload=request | a.result)
    return a.result


def _locked(pk: int, by: Acting) -> AgendaItem:
    """Return the item, its matter or case locked first; refuse who does not record for it, and one that is closed."""
    found = agenda.one(by, pk)
    if not agenda.records(by, found):
        raise NotAllowed(
            "not_your_agenda",
            _("What the leaders' meeting resolved is recorded by the coordination offices of the two sides."),
            todo=_("Ask your coordination office."),
        )
    parts.lock_thread(found.duty.thread)
    AgendaItem.objects.select_for_update().get(pk=pk)
    row = agenda.one(by, pk)  # as it stands now that nobody else changes it
    state = agenda.state(row, clock.beijing(clock.now()).date())
    if state == "ended":
        raise Conflict(
            "agenda_item_ended",
            _("The duty has ended, so this item is closed by itself; nothing was recorded."),
            kept=_("The duty stays as it ended."),
            todo=_("Reload the page to see how it ended."),
        )
    if state == "resolved":
        raise Conflict(
            "agenda_item_settled",
            _("A resolution on this item is recorded already; nothing was recorded again."),
            kept=_("The resolution that is there stands."),
            todo=_("Reload the page to see it."),
        )
    return row


def _wrong(
    row: AgendaItem, kind: str, met_on: date, text: str, by_day: date | None, today: date
) -> dict[str, list[Any]]:
    """Return what cannot be taken, by field."""
    wrong: dict[str, list[Any]] = {}
    if kind not in Resolution.Kind.values:
        wrong["kind"] = [_("Choose what the meeting resolved.")]
    if not text:
        wrong["text"] = [_("Enter the words of the resolution.")]
    elif len(text) > TEXT_MAX:
        wrong["text"] = [_("This text is too long: at most %(n)d characters.") % {"n": TEXT_MAX}]
    if fault := _wrong_meeting(row, met_on, today):
        wrong["met_on"] = [fault]
    if kind == Resolution.Kind.DATED:
        if by_day is None:
            wrong["by_day"] = [_("Enter the day by which it shall be done.")]
        elif by_day <= met_on or by_day.year > agenda.LAST_YEAR:
            wrong["by_day"] = [_("Choose a day after the meeting.")]
    elif by_day is not None:
        wrong["by_day"] = [_("Leave this empty: a day goes only with the resolution that it be done by one.")]
    return wrong


def _wrong_meeting(row: AgendaItem, met_on: date, today: date) -> Any:
    """Return what is wrong with the day of the meeting: to come, or one on whose agenda the item did not stand."""
    if met_on > today:
        return _("The meeting has not been held yet; record its resolution afterwards.")
    put = clock.beijing(row.put_at).date()
    if met_on < put:
        return _("The item was put on the agenda on %(day)s, after that meeting.") % {"day": put.isoformat()}
    for resolution in row.resolutions.all():
        if met_on <= resolution.met_on or agenda.keeps_off(resolution, met_on):
            return _("On that day an earlier resolution kept the item off the agenda.")
    return None


def _ring(row: AgendaItem, met_on: date, by: Acting, a: Act) -> None:
    """Tell the bound and the owed desk, and the other coordination offices that may record."""
    duty, own = row.duty, {by.desk, *agenda.kept_by(by)}
    sides = dict.fromkeys((duty.bound_desk_id, duty.owed_desk_id), f"/duties/{duty.pk}/")
    named = [*agenda.offices(row)[:-1], agenda.keeper(row, a.at)]
    offices = dict.fromkeys(named, agenda.url(row.pk))
    for desk, link in (offices | sides).items():
        if desk not in own:
            exchange.notify(
                desk,
                "agenda_resolved",
                link=link,
                at=a.at,
                dedupe=f"agenda:{row.pk}:{met_on.isoformat()}:{desk}",
                params={"thread": duty.thread, "desk": by.desk, "on": met_on.isoformat()},
                drill=duty.drill,
            )
