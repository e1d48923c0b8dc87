"""What the engine says, in the reader's language: its sentences, the names of slots and rules, why a slot says so."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from django.utils.translation import gettext

from tongxin.petals.evidence.engine.phrases import gettext_noop
from tongxin.shared.phrases import in_words

SLOTS = (
    gettext_noop("value"), gettext_noop("unit"), gettext_noop("indicator"), gettext_noop("jurisdictions"),
    gettext_noop("period"), gettext_noop("comparison"), gettext_noop("status"), gettext_noop("theme"),
)  # fmt: skip
# Rules of repair and kinds of doubt
RULES = (
    gettext_noop("half-lost characters"), gettext_noop("reading in brackets"), gettext_noop("traditional"),
    gettext_noop("traditional word"), gettext_noop("gateway word"), gettext_noop("hidden word"),
    gettext_noop("full-width digits"), gettext_noop("page"), gettext_noop("html"), gettext_noop("residue"),
    gettext_noop("tag"), gettext_noop("space"), gettext_noop("gone"), gettext_noop("doubled"),
    gettext_noop("smile"), gettext_noop("character"), gettext_noop("white space"), gettext_noop("hidden"),
    gettext_noop("tool"), gettext_noop("around the body"), gettext_noop("head"), gettext_noop("tail"),
    gettext_noop("caption printed twice"), gettext_noop("line printed twice"), gettext_noop("title of the window"),
    gettext_noop("title printed again"), gettext_noop("name of the site"), gettext_noop("page furniture"),
    gettext_noop("value_lost"), gettext_noop("untrusted"), gettext_noop("a unit without its number"),
    gettext_noop("a unit without its number, beside others"),
    gettext_noop("a digit went with a half-lost character"), gettext_noop("words put in the place of others"),
    gettext_noop("says that a machine wrote it"),
)  # fmt: skip
# What is taken off a page: the notes of boilerplate.csv
PARTS_OF_PAGES = (
    gettext_noop("account and day of the page"), gettext_noop("address of the page"), gettext_noop("attachment"),
    gettext_noop("caption"), gettext_noop("copyright"), gettext_noop("credits"),
    gettext_noop("date and source of the page"), gettext_noop("day of the visit"), gettext_noop("footer"),
    gettext_noop("head of a document"), gettext_noop("head of a paper"), gettext_noop("navigation"),
    gettext_noop("number of a page"), gettext_noop("page tools"), gettext_noop("pages"),
    gettext_noop("related links"), gettext_noop("source of the page"), gettext_noop("spam"), gettext_noop("ticker"),
    gettext_noop("where the mirror took it from"),
)  # fmt: skip
# Why a slot says what it says, and how a date of publication was found
REASONS = (
    gettext_noop("the ends of the line"), gettext_noop("the first of a range"), gettext_noop("an aim"),
    gettext_noop("the day told for what there is"),
    gettext_noop("same clause"), gettext_noop("sentence"), gettext_noop("paragraph"),
    gettext_noop("title"), gettext_noop("first lines"), gettext_noop("publisher"), gettext_noop("heading"),
    gettext_noop("carried in the sentence"), gettext_noop("carried in the paragraph"),
    gettext_noop("carried from"), gettext_noop("carried"), gettext_noop("none told"),
    gettext_noop("nothing told"), gettext_noop("nothing told: as of publication"),
    gettext_noop("no unit written"), gettext_noop("no narrower place told"), gettext_noop("said before"),
    gettext_noop("told last"), gettext_noop("behind the number"), gettext_noop("whose"),
    gettext_noop("the item of the list"), gettext_noop("of the sentence"), gettext_noop("a known indicator"),
    gettext_noop("the figure before"), gettext_noop("that of the indicator"),
    gettext_noop("nothing said otherwise"), gettext_noop("nothing says that it is planned"),
    gettext_noop("what follows is planned"), gettext_noop("the period lies after publication"),
    gettext_noop("the plan told before"), gettext_noop("what was opened, as it stands"),
    gettext_noop("the years of a mean"), gettext_noop("a count of what there is"),
    gettext_noop("when it will be built"), gettext_noop("the years of the plan"),
    gettext_noop("so many tasks are told"),
    gettext_noop("the year of the report"), gettext_noop("the first lines of a report of figures"),
    gettext_noop("the months told before, of a change year on year"),
    gettext_noop("the months told before: a state does not last for what flows"), gettext_noop("a table"),
    gettext_noop("a table of figures"), gettext_noop("a plan"), gettext_noop("row"), gettext_noop("its row"),
    gettext_noop("head of the column"), gettext_noop("over the table"),
    gettext_noop("column of changes beside"), gettext_noop("told"), gettext_noop("not found"),
    gettext_noop("file name"), gettext_noop("date of the page"), gettext_noop("date of the original"),
    gettext_noop("address of the original"), gettext_noop("the day on which it was spoken"),
    gettext_noop("the day that the text tells; that of the page is a copy's"),
    gettext_noop("the day under the document; that of the page is a copy's"),
    gettext_noop("guessed from the years and days that the text names"),
)  # fmt: skip
# What a reason may add behind another
BEHIND = (
    gettext_noop("{why} (no base told: year on year)"), gettext_noop("{why}, with {whom}"),
    gettext_noop("{why}, and it is still being built"), gettext_noop("{why}, of the figure before"),
)  # fmt: skip
ADDED = tuple(
    (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(told)), re.DOTALL), told) for told in BEHIND
)
KNOWN = frozenset(SLOTS + RULES + PARTS_OF_PAGES + REASONS)
TAIL = re.compile(r"""(?P<head>[a-z][a-z ]*[a-z])(?:: (?P<words>.+)| (?P<quoted>['"].+))""", re.DOTALL)


def said(text: object) -> str:
    """Return a sentence of the engine in the reader's language."""
    return in_words(text, gettext)


def reason(text: str) -> str:
    """Return why a slot says what it says, or what a rule is called; words of the text stand as they are."""
    if text in KNOWN:
        return gettext(text)
    if "; " in text:  # of several comparisons
        return gettext("; ").join(map(reason, text.split("; ")))
    for pattern, message in ADDED:
        if found := pattern.fullmatch(text):
            return gettext(message).format(**{n: reason(v) for n, v in found.groupdict().items()})
    tail = TAIL.fullmatch(text)
    if tail is None or tail["head"] not in KNOWN:
        return text
    mark = gettext("{head}: {words}") if tail["words"] else gettext("{head} {words}")
    return mark.format(head=gettext(tail["head"]), words=reason(tail["words"] or tail["quoted"]))


def padded(text: str, columns: int) -> str:
    """Return a text filled up to so many columns of a terminal; a Chinese sign takes two."""
    wide = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(0, columns - wide)
