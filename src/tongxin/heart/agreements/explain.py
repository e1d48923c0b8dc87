"""Why a desk owes what it owes: every clause that was looked at, and in words why it did or did not bind."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongxin.heart.agreements import errands, queries, reconcile, vocabulary, wording
from tongxin.heart.agreements.match import Considered
from tongxin.heart.agreements.models import Clause
from tongxin.heart.events import vocabulary as events
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.shared.named import Both, pick


@dataclass(frozen=True)
class Reason:
    """One clause that was looked at; `str()` words it in the reader's language."""

    clause: Clause
    considered: Considered
    names: dict[str, Both]  # of the places and desks in the detail

    @property
    def bound(self) -> bool:
        """Whether the clause made duties."""
        return self.considered.bound

    def __str__(self) -> str:
        detail = self.considered.detail
        parts = [str(self.names.get(part, part)) for part in detail.split(", ") if part]
        named = pick("、", ", ").join(parts)
        match self.considered.reason:
            case "bound":
                return _("It binds: to be told are %(whom)s.") % {"whom": named}
            case "no_event":
                return _("It waits for no event: it rules how cases are handed over.")
            case "other_event":
                known = events.names()
                event = str(events.get(detail).title) if detail in known else detail
                return _("It waits for another event: %(event)s.") % {"event": event}
            case "condition_fails":
                return _("Its condition does not hold: %(condition)s.") % {
                    "condition": vocabulary.title(detail)
                }
            case "place_is_no_party":
                return _("The place, %(place)s, belongs to none of its parties.") % {"place": named}
            case "nobody_to_tell":
                return _("None of its parties is among those to be told: %(whom)s.") % {
                    "whom": vocabulary.title(detail)
                }
        return self.considered.reason


def explain(reader: Acting, matter: Matter) -> list[Reason]:
    """Return what matching finds for the matter's pinned rulebook, binding clauses first.

    Who sees the whole matter sees every clause; others only those under which they owe or are owed.
    """
    seen = list(reconcile.view(matter, whole=True).considered)
    if not queries.sees_whole(reader, matter):
        own = set(queries.duties(reader).filter(matter=matter).values_list("clause_id", flat=True))
        told = {reader.desk} | {n.message.to_desk_id for n in errands.notices(reader, matter)}
        seen = [_only(c, told) for c in seen if c.bound and c.clause_id in own]
    clauses = Clause.objects.select_related("version__instrument").in_bulk({c.clause_id for c in seen})
    parts = {part for c in seen for part in c.detail.split(", ")}
    desks = wording.desk_names(p for p in parts if "/" in p)
    names = wording.party_names(p for p in parts if p and "/" not in p) | desks
    found = [Reason(clauses[c.clause_id], c, names) for c in seen]
    return sorted(found, key=lambda r: (not r.bound, r.clause.id))


def _only(seen: Considered, desks: set[str]) -> Considered:
    """Return the finding without the desks that the reader has no part in."""
    mine = ", ".join(d for d in seen.detail.split(", ") if d in desks)
    return Considered(seen.clause_id, seen.bound, seen.reason, mine)
