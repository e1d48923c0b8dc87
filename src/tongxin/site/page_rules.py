"""A page of somebody at work carries the rules number under which it was made, and which fields it shows.

When the number has risen by the time something is sent from it (or it is refreshed), it is judged anew: whoever may no
longer see what it showed gets it emptied, with what was typed given back as text, and nothing is sent. The number says
only that something changed; most changes concern nobody on the page, and then everything goes on.

What a page shows is sealed for its reader. What comes back without the seal is judged like any other, but nothing is
told of what ended: by naming subjects one would learn of cases that one never saw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tongxin.heart.agreements import ended, judge
from tongxin.heart.agreements.ended import Ended
from tongxin.heart.exchange.screen_parts import no_store
from tongxin.heart.region import rules
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Refused
from tongxin.site import refusals
from tongxin.site.account import seat_ended

RULES, SHOWN = "rules", "shown"
AT = "at"  # in `shown`: the seat in which the page was opened, and when
MOST = 4_000  # characters of `shown` that are written and read
SEAL = "seal"  # in `shown`, before all: that this installation wrote it, for this person
NUMBER = re.compile(r"\d{1,18}")
GONE = frozenset({403, 404})  # how an action says that something is not, or no longer, somebody's


def hidden_fields(request: HttpRequest) -> SafeString:
    """Return the fields that every form of somebody at work carries beside its token; nothing for anybody else."""
    if getattr(request, "acting", None) is None:
        return mark_safe("")
    return format_html(
        '<input type="hidden" name="{}" value="{}"><input type="hidden" name="{}" value="{}">',
        RULES,
        rules.current().number,
        SHOWN,
        shown_words(request),
    )


def meta(request: HttpRequest) -> SafeString:
    """Return the line in the head that says the number and what is shown, for the script that asks when one returns."""
    if getattr(request, "acting", None) is None:
        return mark_safe("")
    return format_html(
        '<meta name="tongxin-rules" content="{}" data-shown="{}">',
        rules.current().number,
        shown_words(request),
    )


def shown_words(request: HttpRequest) -> str:
    """Return what this page shows so far, as one word of a form: sealed; seat and time, then subjects with fields.

    Of a page that shows more than MOST characters, what does not fit is left out.
    """
    acting = request.acting  # type: ignore[attr-defined]
    at = f"{acting.post}@{acting.desk}@{clock.iso(clock.now())}"
    words = urlencode([(AT, at)])
    for name, fields in rules.here().shown.items():
        more = urlencode([(name, ",".join(fields))])
        if len(words) + len(more) > MOST - 200:  # the seal has room before
            break
        words = f"{words}&{more}"
    return f"{SEAL}={_seal(request, words)}&{words}"


def _seal(request: HttpRequest, words: str) -> str:
    return signing.Signer(salt=f"tongxin.page.{request.user.pk}").signature(words)


def _sealed(request: HttpRequest, given: Mapping[str, str]) -> bool:
    """Whether what a page says of itself was written here, for who sends it."""
    said = given.get(SHOWN, "")
    seal, _sign, words = said.partition("&")
    kept = _seal(request, words)
    return len(said) <= MOST and constant_time_compare(seal, f"{SEAL}={kept}")


def rose(given: Mapping[str, str]) -> bool:
    """Whether the number has changed since the page was made that `given` comes from; false where it carries none."""
    number = given.get(RULES, "")
    return bool(NUMBER.fullmatch(number)) and int(number) != rules.current().number


def still_allowed(request: HttpRequest, given: Mapping[str, str]) -> bool:
    """Whether who asks still acts, and may still see everything that the page showed."""
    acting = getattr(request, "acting", None)
    seat, _made_at, shown = _said(given)
    if acting is None or not seat_ended.still(request, seat):
        return False
    return judge.still(acting.desk, shown)


def _said(given: Mapping[str, str]) -> tuple[str, datetime | None, list[tuple[str, list[str]]]]:
    """Return what a page says of itself: its seat, when it was made, and what it showed by subject."""
    text = given.get(SHOWN, "")[:MOST].replace("\x00", "")
    seat, made_at, shown = "", None, []
    for name, fields in parse_qsl(text, keep_blank_values=True, max_num_fields=None):
        if name == SEAL:
            continue
        if name != AT:
            shown.append((name, [each for each in fields.split(",") if each]))
            continue
        seat, _sign, instant = fields.rpartition("@")
        try:
            made_at = datetime.fromisoformat(instant)
        except ValueError:
            made_at = None
        if made_at is not None and made_at.tzinfo is None:
            made_at = None
    return seat, made_at, shown


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
    if still_allowed(request, given):
        return None
    return emptied(request)


def emptied(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    """Return the page without what it showed: what ended and when, who is to be asked, what was typed as text.

    `refused` is what an action said, where the page itself could still be seen.
    """
    told = what_ended(request)
    if not told and refused is not None:
        told = [Ended(str(refused.what), ask=str(refused.todo))]
    over = Conflict(
        "sight_ended",
        _("What this page showed is no longer yours to see: the rules have changed since it was opened."),
        kept=_("Nothing was sent. What you typed stands below as text, to copy."),
        todo=_("Go on from today's page. Who can tell more stands beside what ended; if you think it is wrong, ask"
               " your coordination office.")
        if told
        else _("Go on from today's page; ask your coordination office if you think that this is wrong."),
    )  # fmt: skip
    return no_store(refusals.page(request, over, "refused.html", ended=told))


def what_ended(request: HttpRequest) -> list[Ended]:
    """Return what ended of all that the page stood on: the seat itself, or what of it was to be seen.

    Of a page that was not made here for who sends it, nothing is told.
    """
    given = given_by(request)
    ours = _sealed(request, given)
    seat, made_at, shown = _said(given)
    acting = getattr(request, "acting", None)
    if acting is None or not seat_ended.still(request, seat):
        return [seat_ended.words(request, seat if ours else "")]
    return ended.of(acting.desk, shown, made_at) if ours else []


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Tell a page that one returns to whether what it shows is still its reader's to see; cheap, and nothing else."""
    given = {RULES: request.GET.get(RULES, ""), SHOWN: request.GET.get(SHOWN, "")}
    acting = getattr(request, "acting", None)
    allowed = acting is not None and (not rose(given) or still_allowed(request, given))
    return no_store(JsonResponse({"number": rules.current().number, "allowed": allowed}))
