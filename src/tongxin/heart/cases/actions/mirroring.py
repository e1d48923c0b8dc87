"""After an act on a case the other nodes with a part in it are told how it stands now, as far as they may see it."""

from __future__ import annotations

from collections.abc import Collection

from tongxin.heart.cases import crossing
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange import lines_out
from tongxin.heart.exchange.acts import Act


def mirror(a: Act, case: Case, *, to: Collection[str] | None = None, beside: str = "") -> None:
    """Tell each peer where a desk with a part in the case works, or those in `to`; in the transaction of the act.

    `beside`: a desk whose node learns the same from the act's own message. Where all desks work here nothing is done. A
    peer whose key is not confirmed yet is told when it is.
    Call it when the rows stand as the act leaves them.
    """
    away = crossing.away(case)
    if not away:
        return
    case = Case.objects.select_related("procedure").get(
        pk=case.pk
    )  # as it stands now, with nothing remembered
    elsewhere = {desk for desks in away.values() for desk in desks}
    here = [desk for desk in (a.by.desk, *crossing.desks_of(case)) if desk not in elsewhere]
    for peer, desks in away.items():
        if beside in desks or (to is not None and peer not in to):
            continue
        told = crossing.facts(case, desks)
        lines_out.put(
            crossing.STATE,
            to_node=peer,
            thread=f"case:{case.number}",
            from_desk=_speaker(case, here),
            to_desk=case.holder_id if case.holder_id in desks else desks[0],
            epoch=case.epoch,
            body={"facts": told},
            papers=crossing.hashes_of(told),
            at=a.at,
            may_wait=True,
        )


def _speaker(case: Case, here: list[str]) -> str:
    """Return the desk of this node that tells: the holder, else the accepting one, else who acts."""
    return next((desk for desk in (case.holder_id, case.accepting_desk_id) if desk in here), here[0])
