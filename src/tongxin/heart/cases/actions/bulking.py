"""One act for several cases: each case is its own act, in its own transaction, under its own key.

The run is written down first. A run that was cut off, or sent again, goes on where it was: what was done is answered
from the first time, what changed since it was looked at is left out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import bulk
from tongxin.heart.cases.actions import assigning, ending, filing, handing, stopping
from tongxin.heart.cases.models import BulkRun, Case, Offer
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import IdempotencyKey
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, Refused

SPACE = uuid.UUID("6f1d2f0e-6f2f-5f0c-9a0f-6b1f6a7b9c11")  # of the numbers of runs, from post and key
MARK = re.compile(r"[0-9]{1,9}\..*")  # see `bulk.Found.mark`: it begins with the epoch
DOES = ("accept", "ask", "offer", "take_over", "return", "give", "close")
TEXTS = ("facts", "remark")  # words about applicants: each case's own entry has them


def begin(
    *, by: Acting, key: str, name: str, given: Mapping[str, Any], cases: Sequence[tuple[str, str]]
) -> str:
    """Write down a run of the act `name` for cases as they were seen: (number, mark); return its number.

    An empty mark is one that was not looked at: then only the act itself judges.
    """
    if name not in DOES:
        raise Invalid(_("Nothing was done."), {"act": [_("Choose what is to be done.")]})
    bulk.need(by, name)
    wanted = list(dict(cases).items())
    if not wanted or len(wanted) > bulk.MOST:
        raise Invalid(_("Nothing was done."), {"cases": [_("Choose 1 to %(n)d cases.") % {"n": bulk.MOST}]})
    if any(mark and not MARK.fullmatch(mark) for _number, mark in wanted):
        wrong = {"cases": [_("A mark is one that a preview gave, or empty.")]}
        raise Invalid(_("Nothing was done."), wrong)
    kept = {field: given[field] for field in bulk.GIVEN.get(name, ()) if given.get(field) not in (None, "")}
    request = {"act": name, "given": kept, "cases": [list(each) for each in wanted]}
    with act("cases.bulk.begun", by=by, key=key, request=request) as a:
        if a.replayed:
            return str(a.result["run"])
        run = BulkRun.objects.create(
            id=uuid.uuid5(SPACE, f"{by.post}/{key}"),
            desk_id=by.desk,
            post=by.post,
            act=name,
            given=kept,
            cases=request["cases"],
            begun_at=a.at,
        )
        a.result = {"run": str(run.pk)}
        told = {name: value for name, value in kept.items() if name not in TEXTS}
        a.entry(f"desk:{by.desk}/bulk:{run.pk}", payload=request | {"given": told})
    return str(run.pk)


def carry_on(*, by: Acting, run: str) -> BulkRun:
    """Do what a run was begun for, or go on with it; the same again changes nothing."""
    row = bulk.run_of(by, run)
    if row.post != by.post:
        raise NotAllowed(
            "other_post",
            _("Another post of your desk has begun this."),
            todo=_("Act in that post, or choose the cases anew."),
        )
    if row.ended_at is None:
        results = {number: _one(by, row, number, mark) for number, mark in row.cases}
        done = [number for number, each in results.items() if each["done"]]
        with act("cases.bulk.ended", by=by, key=f"{row.pk}:end", request={"bulk": str(row.pk)}) as a:
            if not a.replayed:
                BulkRun.objects.filter(pk=row.pk).update(
                    results=results, given=_without_facts(row), ended_at=a.at
                )
                a.result = {"done": len(done), "left_out": len(results) - len(done)}
                a.entry(f"desk:{by.desk}/bulk:{row.pk}", payload={"done": done, "of": len(results)})
        row.refresh_from_db()
    return row


def run(
    *, by: Acting, key: str, name: str, given: Mapping[str, Any], cases: Sequence[tuple[str, str]]
) -> BulkRun:
    """Begin a run and carry it through."""
    return carry_on(by=by, run=begin(by=by, key=key, name=name, given=given, cases=cases))


def _one(by: Acting, row: BulkRun, number: str, mark: str) -> dict[str, Any]:
    """Do the act for one case; return that it is done, or why not."""
    key = f"{row.pk}:{number}"
    try:
        if IdempotencyKey.objects.filter(scope=by.post, key=key).exists():
            return {"done": True, "code": "", "what": ""}
        epoch = _epoch(row, number)
        if mark:
            found = bulk.chosen(by, [number])
            line = found.lines.get(number)
            if line is not None and found.mark(line.case) != mark:
                raise Conflict("changed", _("The case has changed since you looked at it."))
        _do(by, key, row.act, row.given, number, epoch)
    except Refused as refused:
        return {"done": False, "code": refused.code, "what": bulk.told(refused)}
    return {"done": True, "code": "", "what": ""}


def _without_facts(row: BulkRun) -> dict[str, Any]:
    """Return what a run was given without words about applicants: those are kept, and erased, with each case."""
    return {name: value for name, value in row.given.items() if name not in TEXTS}


def _epoch(row: BulkRun, number: str) -> int:
    """Return the epoch under which the case was seen; of one that was not looked at, the present one."""
    mark = next(mark for each, mark in row.cases if each == number)
    if mark:
        return int(mark.partition(".")[0])
    return Case.objects.read_by(row.desk_id).filter(pk=number).values_list("epoch", flat=True).first() or 0


def _do(by: Acting, key: str, name: str, given: Mapping[str, Any], number: str, epoch: int) -> None:
    common: dict[str, Any] = {"by": by, "key": key, "number": number}
    match name:
        case "accept":
            filing.accept_case(**common)
        case "ask":
            stopping.suspend(
                **common,
                epoch=epoch,
                ground=str(given.get("ground", "")),
                missing=list(given.get("missing", [])),
                facts=str(given.get("facts", "")),
            )
        case "offer":
            handing.offer(**common, epoch=epoch, to_desk=str(given.get("to_desk", "")))
        case "take_over":
            handing.take_over(by=by, key=key, offer_id=_offer(by, number))
        case "return":
            handing.return_over(
                by=by,
                key=key,
                offer_id=_offer(by, number),
                reason=str(given.get("reason", "")),
                remark=str(given.get("remark", "")),
            )
        case "give":
            assigning.give(**common, to=int(given.get("to", 0)))
        case "close":
            ending.close(**common)


def _offer(by: Acting, number: str) -> str:
    """Return the offer of the case that waits for the desk's answer; the act judges it again under the lock."""
    waits = Offer.objects.read_by(by.desk).filter(
        case=number, to_desk_id=by.desk, state=Offer.State.OFFERED, settled_at__isnull=True
    )
    found = waits.values_list("id", flat=True).first()
    if found is None:
        raise Conflict("not_offered", _("This case is not offered to your office."))
    return str(found)
