"""Write of the coordination offices: which of two clauses that exclude each other shall rule (HEART §4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import ClauseConflict
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed


def settle_conflict(*, by: Acting, key: str, conflict: int, clause: str, reason: str) -> dict[str, Any]:
    """Say for the own coordination office which clause shall rule; when every office says the same, it is settled.

    An office may change its word until then. Where both sides have one office, it decides alone. A weighty act.
    """
    by.need("excuse")
    why = parts.need_reason(reason)
    request = {"conflict": conflict, "clause": clause, "reason": why}
    with act("agreements.conflict.voted", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row, matter = _locked(conflict, by)
        if clause not in (row.one_id, row.other_id):
            raise Invalid(
                _("Nothing was decided."),
                {"clause": [_("Choose one of the two clauses.")]},
                code="no_such_clause",
            )
        row.votes = dict(row.votes) | {
            by.desk: {"clause": clause, "post": by.post, "at": clock.iso(a.at), "reason": why}
        }
        said = {vote["clause"] for office, vote in row.votes.items() if office in conflicts.offices(row)}
        settled = len(said) == 1 and all(office in row.votes for office in conflicts.offices(row))
        if settled:
            row.ruling_id, row.settled_at = clause, a.at
        row.save(update_fields=["votes", "ruling", "settled_at"])
        _ring(row, matter, by, a)
        a.result = {"conflict": row.pk, "settled": settled, "ruling": row.ruling_id}
        a.entry(f"{row.thread}/conflict:{row.pk}", basis=clause, payload=request | a.result)
    return a.result


def _locked(pk: int, by: Acting) -> tuple[ClauseConflict, Matter]:
    """Return the conflict, its matter locked first; refuse who does not decide it, and one that is settled."""
    found = conflicts.one(by, pk)
    if by.desk not in conflicts.offices(found):
        raise NotAllowed(
            "not_your_decision",
            _("Which clause rules is decided by the coordination offices of the two sides."),
            todo=_("Ask your coordination office."),
        )
    matter = parts.lock_matter(found.thread.removeprefix("matter:"))
    row = ClauseConflict.objects.select_for_update().get(pk=pk)
    if row.ruling_id is not None:
        raise Conflict(
            "conflict_settled",
            _("This conflict is settled already."),
            kept=_("The ruling stands."),
            todo=_("Reload the page to see which clause rules."),
        )
    if len(conflicts.standing([row])[row.pk]) < 2:
        raise Conflict(
            "nothing_to_decide",
            _("One of the two demands does not stand any more; there is nothing to decide."),
            kept=_("The duties stand as they are."),
            todo=_("Reload the page to see how they stand."),
        )
    return row, matter


def _ring(row: ClauseConflict, matter: Matter, by: Acting, a: Act) -> None:
    """Tell the other office what was said; once it is settled, tell both sides which clause rules."""
    settled = row.ruling_id is not None
    kind = "conflict_settled" if settled else "conflict_voted"
    others = [row.bound_desk_id, row.owed_desk_id] if settled else []
    for desk in dict.fromkeys([*conflicts.offices(row), *others]):
        if desk != by.desk:
            exchange.notify(
                desk,
                kind,
                link=conflicts.url(row.pk),
                at=a.at,
                dedupe=f"{kind}:{row.pk}:{desk}:{clock.iso(a.at)}",
                params={"thread": row.thread, "desk": by.desk},
                drill=matter.drill,
            )
