"""Why a desk no longer sees something of a case, for the page that takes the place of one whose sight ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from tongxin.heart.agreements import ended, judge_words, wording
from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.ended import Ended
from tongxin.heart.agreements.may import Answer, Subject
from tongxin.heart.cases import consents, procedures, sights
from tongxin.heart.cases.models import Case, Consent, Offer
from tongxin.shared import clock
from tongxin.shared.named import pick


def register() -> None:
    """Say what ended of cases; called once, when Django starts."""
    ended.register(sights.KIND, ended.Room(names, why))


def names(subject: Subject, fields: Sequence[str]) -> str:
    """Return fields of a case by name, with its number; the number alone where the whole case is meant."""
    row = _row(subject)
    called = {each.id: str(each.name) for each in procedures.form_of(row).applicant}
    called |= {
        sights.PAPERS: str(consents.PAPERS),
        "outcome_reason": _("the reasons of the decision"),
        "remarks": _("the remarks of the offices"),
    }
    case = _("case %(number)s") % {"number": row.number}
    if not fields:
        return case
    return pick("{}（{}）", "{} ({})").format(pick("、", ", ").join(called.get(f, f) for f in fields), case)


def why(desk: str, subject: Subject, fields: Sequence[str], answer: Answer) -> Ended:
    """Return what happened in the case: consent that ended, or a part in it that another act ended."""
    row, what = _row(subject), names(subject, fields)
    page = reverse("case", args=[row.number])
    if answer.why_not == core.STOPPED:
        return _consent(row, what, fields, answer, page)
    said = _part(desk, row)
    if answer.why_not == core.OVER and row.ended_at is not None:
        said = _("the case ended on %(at)s; its parts stay open for %(n)d days") % {
            "at": wording.moment(row.ended_at),
            "n": sights.TAIL.days,
        }
    return Ended(
        _("%(what)s: %(why)s.") % {"what": what, "why": said or judge_words.why_not(answer)},
        page if fields else "",  # of a case that is gone as a whole there is no page
        row.number,
        str(wording.desk_name(row.holder)),
    )


def _consent(row: Case, what: str, fields: Sequence[str], answer: Answer, page: str) -> Ended:
    """Which consent ended, and when; the accepting desk speaks with the person concerned."""
    today = clock.beijing(clock.now()).date()
    over = [
        each
        for each in row.consents.order_by("given_at", "pk")
        if set(each.fields) & set(fields) and not sights.stands(each, today)
    ]
    last: Consent | None = over[-1] if over else None
    if last is None:
        said = _("%(what)s: %(why)s.") % {"what": what, "why": judge_words.why_not(answer)}
    elif last.withdrawn_at is not None:
        said = _(
            "%(what)s: the consent that %(who)s gave on %(given)s was withdrawn on %(at)s; it is kept at %(desk)s."
        )
    else:
        said = _("%(what)s: the consent that %(who)s gave on %(given)s ended on %(at)s.")
    if last is not None:
        said = said % {
            "what": what,
            "given": clock.beijing(last.given_at).date().isoformat(),
            "who": consents.WHO[last.who],
            "at": wording.moment(last.withdrawn_at) if last.withdrawn_at else str(last.until),
            "desk": wording.desk_name(row.accepting_desk),
        }
    return Ended(
        said, f"{page}consents/", _("Consents of this case"), str(wording.desk_name(row.accepting_desk))
    )


def _part(desk: str, row: Case) -> str:
    """Return which act ended the part of a desk: its last offer, by how it was settled; empty where none did."""
    made = row.offers.exclude(state=Offer.State.OFFERED).order_by("offered_at").select_related(
        "from_desk__jurisdiction", "from_desk__group", "from_desk__role",
        "to_desk__jurisdiction", "to_desk__group", "to_desk__role",
    )  # fmt: skip
    last = next((o for o in reversed(list(made)) if desk in {o.from_desk_id, o.to_desk_id}), None)
    if last is None or last.settled_at is None:
        return ""
    at, came = wording.moment(last.settled_at), last.to_desk_id == desk
    if last.state == Offer.State.TAKEN_OVER and not came:
        said = _("%(desk)s took the case over on %(at)s")
        return said % {"desk": wording.desk_name(last.to_desk), "at": at}
    if last.state == Offer.State.RECALLED and came:
        said = _("%(desk)s recalled its offer on %(at)s")
        return said % {"desk": wording.desk_name(last.from_desk), "at": at}
    if last.state == Offer.State.RETURNED and came:
        return _("your desk returned the case on %(at)s") % {"at": at}
    return ""


def _row(subject: Subject) -> Case:
    number = subject.name.partition(":")[2].partition("/")[0]
    return (
        Case.objects.read_as("cases.judge")
        .select_related(
            "procedure", "holder__jurisdiction", "holder__group", "holder__role",
            "accepting_desk__jurisdiction", "accepting_desk__group", "accepting_desk__role",
        )
        .get(number=number)
    )  # fmt: skip
