"""What services tells the heart: its menu, the event of a presented result, and data that may be shared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import vocabulary as clauses
from tongxin.heart.events import vocabulary as events
from tongxin.petals.services import actions, results
from tongxin.shared import petals

SHAREABLE = {
    "tender_plan": _("Tender plans"),
    "trading_notice": _("Trading notices"),
    "trading_policy": _("Policies on trading"),
    "expert_fields": _("Expert fields and numbers of available experts"),
    "expert_names": _("Names of experts"),
    "platform_catalogue": _("Catalogue of shared platforms"),
    "platform_terms": _("Terms of use of platforms"),
    "ride_counts": _("Passenger trips by line"),
}


def register_all() -> None:
    """Register everything once, when Django starts."""
    events.register(
        events.EventType(
            name=results.RESULT_PRESENTED,
            needs="perform",
            title=_("A result issued elsewhere is presented"),
            matter_kind=results.MATTER_KIND,
            data=results.ResultPresented,
            title_of=results.title_of,
            title_words=results.title_words,
            terms=results.TERMS,
            told=results.told,
            example=results.example,
            examples=results.examples,
        )
    )
    clauses.register_question(
        "issuer",
        results.issuer,
        title=_("of the place that issued it"),
        events=(results.RESULT_PRESENTED,),
        certain=True,
    )
    for name, title in SHAREABLE.items():
        clauses.register_shareable(name, title)
    petals.register(
        petals.Petal(
            code="services",
            name=_("Services"),
            menu=(petals.MenuEntry(_("One window"), "services_items"),),
            window=(petals.MenuEntry(_("Present a result"), "services_result_new", needs=actions.NEEDS),),
        )
    )
