"""Consent of the person concerned, given or withdrawn at the accepting desk: a withdrawn one keeps its fields back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import sight_ended, sights
from tongxin.heart.cases.actions import mirroring, parts
from tongxin.heart.cases.models import Case, Consent
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

NEEDS = "file_case"
MAX_PURPOSE = 120


def give_consent(
    *,
    by: Acting,
    key: str,
    number: str,
    who: str,
    fields: Collection[str],
    purpose: str = "",
    until: date | None = None,
) -> dict[str, Any]:
    """Record that the applicant, or who speaks for it, consents to fields being seen, until a day or without end.

    An empty purpose is what the procedure asks the field for. Papers are consented to by the name `papers`; who
    consents to every field that was given consents to them too: they say the same.
    """
    by.need(NEEDS)
    names, why = sorted(set(fields)), purpose.strip()
    request = {
        "case": number,
        "who": who,
        "fields": names,
        "purpose": why,
        "until": until.isoformat() if until else "",
    }
    with act("cases.consent.given", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _accepted_here(number, by)
        if case.erased_at is not None:
            raise Conflict(
                "case_erased",
                _("What the applicant gave in this case has been erased: there is nothing to consent to."),
            )
        asked = {field["id"] for field in case.procedure.body["applicant"]}
        wrong: dict[str, list[Any]] = {}
        if who not in Consent.Who.values:
            wrong["who"] = [_("Choose who consents.")]
        if not names or set(names) - asked - {sights.PAPERS}:
            wrong["fields"] = [_("Choose fields that the procedure asks for.")]
        if len(why) > MAX_PURPOSE:
            wrong["purpose"] = [_("This text is too long: at most %(n)d characters.") % {"n": MAX_PURPOSE}]
        if until is not None and until <= clock.beijing(a.at).date():
            wrong["until"] = [_("Choose a day to come.")]
        if wrong:
            raise Invalid(_("The consent was not recorded."), wrong)
        if {name for name, text in case.applicant.items() if text} <= set(names):
            names = sorted({*names, sights.PAPERS})
        made = Consent.objects.create(
            case=case,
            who=who,
            purpose=why,
            fields=names,
            until=until,
            given_at=a.at,
            desk_id=by.desk,
            post=by.post,
        )
        a.changes_rules = True
        sight_ended.settle(a, case)
        mirroring.mirror(a, case)
        a.result = {"case": number, "consent": made.pk}
        a.entry(f"case:{number}/consent:{made.pk}", payload=request | {"fields": names})
    return a.result


def withdraw_consent(*, by: Acting, key: str, consent: int) -> dict[str, Any]:
    """Record that a consent is withdrawn: from the next request on its fields are kept back from every other desk."""
    by.need(NEEDS)
    with act("cases.consent.withdrawn", by=by, key=key, request={"consent": consent}) as a:
        if a.replayed:
            return a.result
        found = Consent.objects.filter(pk=consent).first()
        if found is None:
            raise _no_such_consent()
        case = _accepted_here(found.case_id, by)
        row = Consent.objects.select_for_update().get(pk=found.pk)
        if row.withdrawn_at is not None:
            raise Conflict("consent_withdrawn", _("This consent has been withdrawn already."))
        row.withdrawn_at = a.at
        row.save(update_fields=["withdrawn_at"])
        if case.holder_id != by.desk or by.via == parts.APPLICANT:
            parts.ring(case.holder_id, "consent_withdrawn", case, a.at, dedupe=f"consent:{row.pk}")
        a.changes_rules = True
        sight_ended.settle(a, case)
        mirroring.mirror(a, case)
        a.result = {"case": case.number, "consent": row.pk}
        a.entry(f"case:{case.number}/consent:{row.pk}", payload={"fields": row.fields})
    return a.result


def _accepted_here(number: str, by: Acting) -> Case:
    """Lock the case; refuse unless the actor's desk accepted it: it is the applicant's contact."""
    case = parts.lock(number, by.desk)
    if case.accepting_desk_id != by.desk:
        raise NotAllowed(
            "not_accepting",
            _("Only the office that accepted the case records consent."),
            todo=_("Ask the accepting office."),
        )
    return case


def _no_such_consent() -> NotFound:
    return NotFound("no_such_consent", _("There is no such consent, or your desk has no part in the case."))
