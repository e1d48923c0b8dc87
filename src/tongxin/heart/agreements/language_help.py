"""What each key of the clause language means, in a sentence: for editors (JSON Schema) and for docs/language.md.

A test keeps this list and the language together: every key has its sentence, and no sentence is left over.
"""

from __future__ import annotations

from typing import Any

from tongxin.heart.agreements import language
from tongxin.heart.agreements.known import Known
from tongxin.heart.agreements.language import InstrumentFile

COMMON = {
    "id": "Name of the clause in this instrument; a duty's key is `agreement/id`, so it stays the same over versions.",
    "kind": "Which of the six forms the clause has.",
    "title": "A few words for lists.",
    "text": "What was signed, or the law in our own words; people read this, the machine reads the rest.",
    "if_late": "How a late duty goes up, step by step.",
    "reaction": "No due moves closer than this to the moment the bound office learns of the move.",
    "yields_to": "Clauses (`agreement/clause`) that go before this one where both call for the same act.",
    "grounds": "On which the bound office may suspend the duty: code and words.",
    "score": "Which measure the duties count for.",
}
DUE = "The time limit: `within`, `on`, `every`, `before` or `milestone`, as the kind allows."
ANSWER = "How long the owed office has to accept or send back; without it delivery suffices."
SILENCE = "What happens when that time runs out: `escalate`, `accept` or `return`."
REFUSE = "The only reasons for which it may be refused or returned: code and words."
REVIEW = "Who reviews a refusal."
CALENDAR_OF = "Whose calendar counts in `hours` and `days`; `both` counts only while both offices are open."
CLOCK = "`calendar` elapsed time, `hours` time inside office hours, `days` working days to close of business."
FROM = "Who owes it."
TO = "Whom it is owed to."

HELP: dict[str, dict[str, str]] = {
    "InstrumentFile": {
        "agreement": "Id of the instrument; never reused.",
        "kind": "A law, an agreement, a plan, or a decision of a joint body.",
        "version": "Changed text is a new version, counted from 1.",
        "field": "The field of cooperation it belongs to.",
        "title": "Its name in both languages.",
        "parties": "Jurisdictions or groups that it binds; of a law, where it holds.",
        "in_force": "From which day it binds, and until when.",
        "provenance": "How we know it, and whether its terms are published, made up by us, or not known.",
        "transition": "`keep`: running matters keep the version they began with. `switch`: they go over to this one.",
        "leaving": "How a party leaves; without it nobody leaves by notice.",
        "bars": "What must not cross, whatever a clause demands.",
        "clauses": "What binds; none where the terms are not known.",
    },
    "Both": {"zh": "Chinese.", "en": "English."},
    "Validity": {
        "from": "First day on which it binds, Beijing time.",
        "until": "First day on which it binds no more.",
        "known": "How exactly the first day is known; `reported`: it is the day of the report.",
    },
    "Provenance": {
        "known_from": "Publisher and date of what we know.",
        "terms": "`published`; `illustrative` (made up, marked everywhere); `unpublished` (no clauses).",
        "source": "Where the published terms stand.",
    },
    "Leaving": {"notice": "How long ahead a party gives notice."},
    "Bar": {
        "id": "Name of the bar in this instrument.",
        "text": "What people read.",
        "fields": "Fields of notices or of shared data that must not cross.",
        "of": "Whose data: `each_party`, a party, or a place in one.",
        "to": "Who must not get it: `anyone`, or a party.",
    },
    "Notify": COMMON
    | {
        "when": "The event that calls for it.",
        "from": FROM,
        "to": TO,
        "likely": "From which probability it binds, and below which it lets go; only where the question is uncertain.",
        "due": DUE,
        "needed": "When the receiver needs it: shown and escalated, never scored.",
        "must_carry": "Fields that the notice must hold.",
        "receipt": "How soon the receiver confirms, counted from delivery.",
        "renew": "What makes a new round: `never`, or computed times and by how much they shift. A field that was "
        "carried and is corrected always does.",
        "undo": "How soon those who were told and are concerned no longer learn so.",
        "only_after": "An event that must be known in the matter before anything may be told.",
    },
    "Handle": COMMON
    | {
        "procedures": "The procedures whose cases may be handed over.",
        "role": "The desks between which cases go, one of each party.",
        "answer": "How long the receiver has to take an offered case over or return it.",
        "progress": "How often the holder reports progress to the accepting desk.",
        "refuse_reasons": REFUSE,
        "review_by": REVIEW,
    },
    "Recognise": COMMON
    | {
        "what": "What counts on the other side.",
        "when": "The event by which it is presented.",
        "from": "Who must accept it, or refuse it with a listed reason.",
        "to": "Who issued it.",
        "due": DUE,
        "refuse_reasons": REFUSE,
        "review_by": REVIEW,
    },
    "Share": COMMON
    | {
        "fields": "What may be seen.",
        "purpose": "What for; for nothing else.",
        "from": "Whose data it is.",
        "to": "Who may see it.",
        "until": "First day on which it may be seen no more.",
        "due": "With it the data is supplied each period; without it the clause is a permit only.",
        "answer": ANSWER,
        "on_silence": SILENCE,
        "on_end": "`delete`: at the end the receiver owes a confirmation that everything was deleted.",
    },
    "Deliver": COMMON
    | {
        "what": "What is delivered.",
        "from": FROM,
        "to": TO,
        "due": DUE,
        "answer": ANSWER,
        "on_silence": SILENCE,
    },
    "Settle": COMMON
    | {
        "what": "What is settled.",
        "every": "The period.",
        "payee": "Who states the account and is paid.",
        "payer": "Who checks it and pays.",
        "state": "How long after the end of the period the account is stated.",
        "check": "How long after the statement it is checked or contested.",
        "pay": "How long after the check it is paid.",
    },
    "When": {
        "event": "A registered event.",
        "reach": "A registered condition on the event.",
        "where": "Values that the event's data must have: a list, or `{min: , max: }` for a number.",
    },
    "Range": {"min": "From this value on.", "max": "Up to this value."},
    "Spoken": {
        "role": "What the office is for.",
        "of": "`place` (the party in which it happened), `reporter`, `each_party`, `other_parties`, a party "
        "or a place in one, or a registered question; a question's own keys stand beside it.",
    },
    "Within": {
        "within": "A length: PT30M, PT8H, P5D.",
        "starts": "From when: `occurred`, `known`, `recorded`, or `delivered` for answers.",
        "clock": CLOCK,
        "calendar_of": CALENDAR_OF,
    },
    "On": {"on": "By the end of this day, Beijing time."},
    "Every": {
        "every": "The period: P1W, P1M, P3M, P6M, P1Y.",
        "within": "So long after the end of the period; without it by its end.",
        "clock": CLOCK,
        "calendar_of": CALENDAR_OF,
    },
    "Before": {
        "before": "A time that an engine computes.",
        "minus": "So long before it.",
    },
    "After": {
        "milestone": "A milestone of this instrument, by its name; the clock starts when it is reported.",
        "within": "So long after it.",
        "clock": CLOCK,
        "calendar_of": CALENDAR_OF,
    },
    "Receipt": {"within": "A length in calendar time."},
    "Undo": {"within": "A length in calendar time."},
    "Likely": {"bind": "Probability from which it binds.", "release": "Probability below which it lets go."},
    "IfLate": {
        "after": "The unit of the steps: the deputy is told once this has passed, the others after multiples of it.",
        "up_to": "The last step that is taken.",
    },
    "Score": {"measure": "A registered measure."},
    "Reviewer": {"role": "What the office is for.", "of": "On which side: `debtor` or `creditor`."},
}


def schema(known: Known | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an instrument file; with `known`, its words are listed for completion."""
    found: dict[str, Any] = InstrumentFile.model_json_schema(by_alias=True)
    parts = {"InstrumentFile": found, **found["$defs"]}
    for name, keys in HELP.items():
        for key, sentence in keys.items():
            parts[name]["properties"][key] |= {"title": key, "description": sentence}
        shape = getattr(language, name, None)
        if name != "InstrumentFile" and shape is not None:
            parts[name]["description"] = (shape.__doc__ or "").strip()
    found |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Instrument",
        "description": "A law, an agreement, a plan or a decision of a joint body: one version.",
    }
    if known is not None:
        _list_words(parts, known)
    return found


def _list_words(parts: dict[str, Any], known: Known) -> None:
    """Put the words of an installation into the schema, so that an editor offers them."""
    of = {"place", "reporter", "each_party", "other_parties", *known.questions, *known.parties}
    for name, key, words in (
        ("When", "event", known.events),
        ("Spoken", "role", known.roles),
        ("Spoken", "of", of),
        ("Handle", "role", known.roles),
        ("Reviewer", "role", known.roles),
        ("Score", "measure", known.measures),
        ("Before", "before", known.times),
    ):
        parts[name]["properties"][key]["enum"] = sorted(words)
    for name, key, words in (
        ("InstrumentFile", "parties", known.parties),
        ("Notify", "must_carry", known.fields),
        ("Share", "fields", known.shareable),
        ("Bar", "fields", known.shareable),
        ("Handle", "procedures", known.procedures),
    ):
        parts[name]["properties"][key]["items"]["enum"] = sorted(words)
