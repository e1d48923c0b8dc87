"""What a node tells another of a case: the facts that the desks there may see, and who is told (docs/node-protocol.md).

The judge decides what crosses: a field that no desk at the peer may see stays here, and only its name is said, so that
a page there can tell what is kept back from what was never given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.cases import sightings, sights
from tongxin.heart.cases.models import Case, Crossing, Offer, Paper
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.models import DeskHome
from tongxin.shared import canonical, clock

FORMAT = "tongxin.case/1"
HAND_OVERS = 200  # the newest; who was told of a case before has the older ones
STATE = "case_state"  # the kind of envelope that carries the facts after an act


def away(case: Case) -> dict[str, list[str]]:
    """Return the desks with a part in a case that work at peers, by peer; empty where all work here."""
    if nodes.all_here():
        return {}
    found: dict[str, list[str]] = {}
    for desk, peer in DeskHome.objects.filter(desk__in=desks_of(case)).values_list("desk_id", "peer_id"):
        found.setdefault(peer, []).append(desk)
    return {peer: sorted(found[peer]) for peer in sorted(found)}


def desks_of(case: Case) -> list[str]:
    """Return the desks with a part in a case, as far as this node knows: holder and accepting desk first."""
    pairs = case.offers.order_by("offered_at", "id").values_list("from_desk_id", "to_desk_id")
    before = Crossing.objects.filter(pk=case.pk).values_list("hand_overs", flat=True).first() or []
    met = [*pairs, *((each["from"], each["to"]) for each in before)]
    decided = list(case.decisions.values_list("desk_id", flat=True))
    own = (case.holder_id, case.accepting_desk_id)
    reviewing = [*case.reviewed_by.values_list("holder_id", flat=True)]
    return list(dict.fromkeys((*own, *(desk for pair in met for desk in pair), *decided, *reviewing)))


def facts(case: Case, desks: Sequence[str], offered: Offer | None = None) -> dict[str, Any]:
    """Return a case as the named desks of one peer may see it, as plain JSON.

    `offered`: an offer that is being made now and has no row yet.
    """
    offers = [*case.offers.all(), *([offered] if offered else [])]
    seen = [sights.sight(desk, case, offers) for desk in desks]
    given: dict[str, str] = {}
    for each in seen:
        given |= each.given(case)
    officers = any(each.sees("outcome_reason") for each in seen)
    papers = any(each.sees("papers") for each in seen)
    looked = {"looked": sightings.told(case)} if case.accepting_desk_id in desks else {}
    return looked | {
        "format": FORMAT,
        "case": case.number,
        "procedure": case.procedure_id,
        "procedure_hash": canonical.sha256_hex(case.procedure.body),
        "rulebook": hashes(case.rulebook),
        "accepting": case.accepting_desk_id,
        "competent": case.competent_desk_id,
        "holder": case.holder_id,
        "epoch": case.epoch,
        "state": case.state,
        "illustrative": case.illustrative,
        "filed_at": clock.iso(case.filed_at),
        "accepted_at": _iso(case.accepted_at),
        "promise": {"due_at": _iso(case.promise_due_at), "count": case.promise_count},
        "pauses": [p if officers else p | {"facts": ""} for p in case.pauses],
        "decided_at": _iso(case.decided_at),
        "outcome": case.outcome,
        "outcome_reason": case.outcome_reason if officers else "",
        "decisions": [
            {
                "number": made.number,
                "outcome": made.outcome,
                "reason": made.reason if officers else "",
                "desk": made.desk_id,
                "at": clock.iso(made.at),
                "review": made.review_id or "",
            }
            for made in case.decisions.order_by("number")
        ],
        "ended": {
            "at": _iso(case.ended_at),
            "why": case.ended_why,
            "remark": case.ended_remark if officers else "",
            "missing": case.ended_missing,
            "keep_until": _iso(case.keep_until),
        },
        "given": given,
        "fields": sorted(name for name, text in case.applicant.items() if text),
        "consents": [
            {
                "who": row.who,
                "purpose": row.purpose,
                "fields": row.fields,
                "until": row.until.isoformat() if row.until else "",
                "given_at": clock.iso(row.given_at),
                "withdrawn_at": _iso(row.withdrawn_at),
                "desk": row.desk_id,
            }
            for row in case.consents.order_by("given_at", "pk")
        ],
        "papers": case.papers if papers else [],
        "files": [_file(file) for file in case.files.order_by("at", "id")] if papers else [],
        "hand_overs": hand_overs(case)[-HAND_OVERS:],
    }


def hashes(book: Iterable[str]) -> dict[str, str]:
    """Return the texts of a rulebook with the hashes that their parties signed; empty where this node lacks one."""
    known = dict(InstrumentVersion.objects.filter(id__in=list(book)).values_list("id", "canonical_hash"))
    return {version: known.get(version, "") for version in book}


def hand_overs(case: Case) -> list[dict[str, Any]]:
    """Return every hand-over of a case that this node knows of, oldest first, also those it had no part in."""
    rows = [
        {
            "id": str(row.id),
            "from": row.from_desk_id,
            "to": row.to_desk_id,
            "clause": row.clause_id,
            "epoch": row.epoch,
            "state": row.state,
            "reason": row.reason,
            "offered_at": clock.iso(row.offered_at),
            "settled_at": _iso(row.settled_at),
        }
        for row in case.offers.all()
    ]
    before = Crossing.objects.filter(pk=case.pk).values_list("hand_overs", flat=True).first() or []
    return sorted([*before, *rows], key=lambda each: (each["offered_at"], each["id"]))


def hashes_of(told: Mapping[str, Any]) -> list[str]:
    """Return the hashes of the papers that stand, as an envelope names them, each once."""
    return sorted({file["sha256"] for file in told["files"] if not file["replaced_by"]})


def _file(file: Paper) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "kind": file.kind,
        "title": file.title,
        "sha256": file.sha256,
        "size": file.size,
        "type": file.type,
        "given_by": file.given_by,
        "desk": file.desk_id,
        "at": clock.iso(file.at),
        "replaced_by": str(file.replaced_by_id or ""),
    }


def _iso(at: datetime | None) -> str:
    return clock.iso(at) if at else ""
