"""A page of somebody at work carries the rules number under which it was made, and which fields it shows.

When the number has risen by the time something is sent from it (or it is refreshed), it is judged anew: whoever may no
longer see what it showed gets it emptied, with what was typed given back as text, and nothing is sent. The number says
only that something changed; most changes concern nobody on the page, and then everything goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tongxin.heart.agreements import judge
from tongxin.heart.exchange.screen_parts import no_store
from tongxin.heart.region import rules
from tongxin.shared.errors import Conflict
from tongxin.site import refusals

RULES, SHOWN = "rules", "shown"
MOST = 4_000  # characters of `shown` that are read; a page that shows more was not made here
NUMBER = re.compile(r"\d{1,18}")
GONE = frozenset({403, 404})  # how an action says that something is not, or no longer, somebody's


def hidden_fields(request: HttpRequest) -> SafeString:
    """Return the fields that every form of somebody at work carries beside its token; nothing for anybody else."""
    if getattr(request, "acting", None) is None:
        return mark_safe("")
    shown = shown_words()
    number = format_html('<input type="hidden" name="{}" value="{}">', RULES, rules.current().number)
    if not shown:
        return number
    return number + format_html('<input type="hidden" name="{}" value="{}">', SHOWN, shown)


def meta(request: HttpRequest) -> SafeString:
    """Return the line in the head that says the number and what is shown, for the script that asks when one returns."""
    if getattr(request, "acting", None) is None:
        return mark_safe("")
    return format_html(
        '<meta name="tongxin-rules" content="{}" data-shown="{}">', rules.current().number, shown_words()
    )


def shown_words() -> str:
    """Return what this page shows so far, as one word of a form: subjects with their fields."""
    return urlencode([(name, ",".join(fields)) for name, fields in rules.here().shown.items()])


def rose(given: Mapping[str, str]) -> bool:
    """Whether the number has changed since the page was made that `given` comes from; false where it carries none."""
    number = given.get(RULES, "")
    return bool(NUMBER.fullmatch(number)) and int(number) != rules.current().number


def still_allowed(desk: str, given: Mapping[str, str]) -> bool:
    """Whether a desk may still see everything that the page showed."""
    pairs = parse_qsl(
        given.get(SHOWN, "")[:MOST].replace("\x00", ""), keep_blank_values=True, max_num_fields=None
    )
    return judge.still(desk, [(name, [f for f in fields.split(",") if f]) for name, fields in pairs])


def given_by(request: HttpRequest) -> Mapping[str, str]:
    """Return what a request says of the page it comes from: the form's fields, or the headers of a refresh."""
    if request.method == "POST":
        return request.POST
    return {RULES: request.headers.get("Tongxin-Rules", ""), SHOWN: request.headers.get("Tongxin-Shown", "")}


def judged_anew(request: HttpRequest) -> HttpResponse | None:
    """Return the emptied page where the number rose and the sight is gone, or nobody acts any more; None: go on."""
    given = given_by(request)
    request.rules_rose = rose(given)  # type: ignore[attr-defined]
    if not request.rules_rose:  # type: ignore[attr-defined]
        return None
    acting = getattr(request, "acting", None)
    if acting is not None and still_allowed(acting.desk, given):
        return None
    return emptied(request)


def emptied(request: HttpRequest) -> HttpResponse:
    """Return the page without what it showed, with what was typed given back as text."""
    refused = Conflict(
        "sight_ended",
        _("What this page showed is no longer yours to see: the rules have changed since it was opened."),
        kept=_("Nothing was sent. What you typed stands below as text, to copy."),
        todo=_("Go on from today's page; ask your coordination office if you think that this is wrong."),
    )
    return no_store(refusals.page(request, refused, "refused.html"))


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Tell a page that one returns to whether what it shows is still its reader's to see; cheap, and nothing else."""
    given = {RULES: request.GET.get(RULES, ""), SHOWN: request.GET.get(SHOWN, "")}
    acting = getattr(request, "acting", None)
    allowed = acting is not None and (not rose(given) or still_allowed(acting.desk, given))
    return no_store(JsonResponse({"number": rules.current().number, "allowed": allowed}))
