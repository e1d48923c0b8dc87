"""What cases tell the other rooms when Django starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import coverage, judge, judge_words, threads, vocabulary, wording
from tongxin.heart.agreements.actions import parts
from tongxin.heart.cases import (
    ended_words,
    erasing,
    finding,
    lines_cases,
    lines_joints,
    lines_letters,
    locking,
    looks,
    queries,
    rings_states,
    seeing,
    sights,
    trial,
    words,
)
from tongxin.heart.ledger import sights as ledger_sights
from tongxin.heart.region.acting import Acting
from tongxin.shared import notices, search


def register_all() -> None:
    """Register everything once, when Django starts."""
    finding.register()
    erasing.register()
    ledger_sights.register("case", sights.may_see)
    threads.register(threads.CASE, looks.of_cases)
    parts.register_lock(threads.CASE, locking.lock)
    judge.register(sights.KIND, sights.known)
    judge_words.register_parts(seeing.PARTS)
    ended_words.register()
    vocabulary.register_procedures(queries.procedure_titles)
    vocabulary.register_asked(queries.asked_titles)
    coverage.register_driver("handle", trial.fire)
    search.register("cases", gettext_lazy("Cases"), found)
    search.register("procedures", gettext_lazy("Items"), found_items)
    notices.register("offer", _offered, gettext_lazy("A case is offered"))
    notices.register("offer_taken_over", _taken_over, gettext_lazy("An offered case was taken over"))
    notices.register("offer_returned", _returned, gettext_lazy("An offered case was returned"))
    notices.register("offer_recalled", _recalled, gettext_lazy("An offer was recalled"))
    notices.register(
        "offer_given_back", _given_back, gettext_lazy("An offer that was asked back is recalled")
    )
    notices.register("recall_too_late", _too_late, gettext_lazy("An offer was asked back too late"))
    notices.register(
        "dispute_opened", _dispute_opened, gettext_lazy("It is in dispute who is competent for a case")
    )
    notices.register(
        "holder_proposed", _holder_proposed, gettext_lazy("A holder was proposed for a case in dispute")
    )
    notices.register("holder_named", _holder_named, gettext_lazy("A holder was named for a case in dispute"))
    notices.register(
        "case_contested", _contested, gettext_lazy("Something came under an older state of a case")
    )
    notices.register("paper_added", _paper_added, gettext_lazy("A paper was added to a case that is held"))
    notices.register("consent_withdrawn", _consent, gettext_lazy("A consent was withdrawn"))
    notices.register("case_decided", _decided, gettext_lazy("A case was decided"))
    notices.register("offer_not_read", _not_read, gettext_lazy("An offer of a case cannot be read here"))
    lines_cases.register_all()
    lines_joints.register_all()
    lines_letters.register_all()
    rings_states.register_all()


def found(reader: Acting | None, sought: str, limit: int) -> Iterable[search.Hit]:
    """Return the reader's cases: where the words stand in what its desk may read, then those of an item so called."""
    text = sought.strip()
    if reader is None or not text:
        return []
    rows = finding.find(reader, text, limit)
    titled = queries.titled(text) if len(rows) <= limit else []
    if titled:
        there = {row.number for row in rows}
        listing = queries.of_items(reader, [row.name for row in titled], limit + 1)
        rows += [row for row in queries.in_order(reader, listing) if row.number not in there]
    return [
        search.Hit(
            row.number,
            reverse("case", args=[row.number]),
            f"{words.title(row.procedure)} · {words.state_of(row)}",
            row.illustrative,
        )
        for row in queries.with_names(rows[: limit + 1])
    ]


def found_items(reader: Acting | None, sought: str, limit: int) -> Iterable[search.Hit]:
    """Return the items whose title holds the words; anyone may look."""
    text = sought.strip().casefold()
    return [
        search.Hit(str(read.title), "/services/", "", row.illustrative)
        for row, read in queries.procedures()
        if text and text in f"{read.title.zh} {read.title.en}".casefold()
    ][: limit + 1]


def _offered(params: Mapping[str, Any]) -> str:
    return _("Case %(case)s is offered to your office: take it over or return it.") % params


def _taken_over(params: Mapping[str, Any]) -> str:
    return _("Case %(case)s was taken over.") % params


def _returned(params: Mapping[str, Any]) -> str:
    return _("Case %(case)s was returned; your office goes on with it.") % params


def _recalled(params: Mapping[str, Any]) -> str:
    return _("The offer of case %(case)s was recalled.") % params


def _given_back(params: Mapping[str, Any]) -> str:
    return _("The offer of case %(case)s is recalled: your office goes on with it.") % params


def _too_late(params: Mapping[str, Any]) -> str:
    holder = str(params["holder"])
    return _("The offer of case %(case)s was asked back too late: %(holder)s holds the case.") % {
        "case": params["case"],
        "holder": wording.desk_names([holder]).get(holder, holder),
    }


def _paper_added(params: Mapping[str, Any]) -> str:
    return _("A paper was added to case %(case)s.") % params


def _consent(params: Mapping[str, Any]) -> str:
    return _("A consent in case %(case)s was withdrawn: its fields are no longer shared.") % params


def _decided(params: Mapping[str, Any]) -> str:
    return _("Case %(case)s was decided.") % params


def _dispute_opened(params: Mapping[str, Any]) -> str:
    return _("Case %(case)s was handed over four times: both coordination offices name a holder.") % params


def _holder_proposed(params: Mapping[str, Any]) -> str:
    return _("The other office proposes a holder for case %(case)s: agree, or propose another.") % params


def _holder_named(params: Mapping[str, Any]) -> str:
    return _("Both coordination offices have named a holder for case %(case)s.") % params


def _contested(params: Mapping[str, Any]) -> str:
    return (
        _("Something on case %(case)s came under an older state of it; it is kept and changes nothing.")
        % params
    )


def _not_read(params: Mapping[str, Any]) -> str:
    return _(
        "Case %(case)s was offered to your office from another node and cannot be taken in here: %(why)s."
        " It was returned with this reason."
    ) % {"case": params.get("case", ""), "why": words.not_read(str(params.get("code", "")))}
