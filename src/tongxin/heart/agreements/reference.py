"""The reference of the clause language as Markdown, made from the code: keys, values, defaults, registered words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import translation
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tongxin.heart.agreements import jobs, language, limits, vocabulary
from tongxin.heart.agreements.language_help import HELP, schema
from tongxin.heart.agreements.wording import length
from tongxin.heart.events import vocabulary as events
from tongxin.shared import durations, reading
from tongxin.shared.named import Both
from tongxin.shared.petals import FIELDS

HEAD = """\
# The clause language

Made by `tongxin agreements reference` from the code; a test keeps it equal. How to write an agreement, step by step:
[guide/write-an-agreement.md](guide/write-an-agreement.md).

One YAML file holds one version of one instrument. Unknown keys and unknown words are faults; so is a key that could
never act. `tongxin agreements check FILE` names each by file, line, reason and nearest known word; `tongxin agreements
schema` prints the JSON Schema for editors. Anchors, aliases and tags are not read. Lengths of time are ISO 8601 in days
and below: `PT30M`, `PT8H`, `P5D`; days are `2026-01-31`; [limits](#limits) lists how long and
how many. Every text stands in both languages: `{zh: …, en: …}`.
"""
PARTS = (
    ("When: the event", ("When", "Range")),
    ("Desks", ("Spoken", "Reviewer")),
    ("Time limits", ("Within", "On", "Every", "Before", "After", "Receipt", "Undo")),
    ("Chance, lateness, scores", ("Likely", "IfLate", "Score")),
    ("Bars and leaving", ("Bar", "Leaving")),
    ("In force, provenance, texts", ("Validity", "Provenance", "Both")),
)
KINDS = {
    "Notify": "Makes a duty to tell, for each desk that is meant; with `receipt`, the receiver owes a confirmation.",
    "Handle": "Lets a case be offered; the receiver owes an answer, the competent desk the decision.",
    "Recognise": "Makes a duty to accept, or to refuse with a listed reason.",
    "Share": "Lets fields be seen for a purpose; with `due`, makes a duty to supply them each period.",
    "Deliver": "Makes a duty by a day, each period, or after a milestone; the first day is kept beside an agreed one.",
    "Settle": "Each period makes duties to state the account, to check or contest it, and to pay it.",
}


def page() -> str:
    """Return docs/language.md."""
    with translation.override("en"):
        return "\n".join(_page()).rstrip("\n") + "\n"


def _page() -> Iterator[str]:
    parts = schema()["$defs"]
    yield HEAD
    yield "## The file\n"
    yield from _table("InstrumentFile", schema()["properties"])
    yield "## The six kinds of clause\n"
    yield "Keys that every kind has stand in the first table, then each kind's own.\n"
    shared = [key for key in HELP["Notify"] if all(key in HELP[kind] for kind in KINDS)]
    kinds = {"enum": list(language.KINDS)}
    yield from _table("Notify", {**parts["Notify"]["properties"], "kind": kinds}, only=shared)
    for name, makes in KINDS.items():
        shape: type[BaseModel] = getattr(language, name)
        kind = parts[name]["properties"]["kind"]["const"]
        yield f"### {kind}\n\n{(shape.__doc__ or '').strip()} {makes}\n"
        yield from _table(name, parts[name]["properties"], only=[k for k in HELP[name] if k not in shared])
    yield "## Parts\n"
    for title, names in PARTS:
        yield f"### {title}\n"
        for name in names:
            yield f'<a id="{name.lower()}"></a>**{_called(name)}**: {_docstring(name)}\n'
            yield from _table(name, parts[name]["properties"])
    yield from _escalation()
    yield from _limits()
    yield from _words()


def _table(name: str, properties: Mapping[str, Any], only: Iterable[str] | None = None) -> Iterator[str]:
    shape: type[BaseModel] = Both if name == "Both" else getattr(language, name)
    fields = {info.alias or key: info for key, info in shape.model_fields.items()}
    yield "| key | value | default | meaning |\n|---|---|---|---|"
    for key in only if only is not None else HELP[name]:
        yield f"| `{key}` | {_value(properties[key])} | {_default(fields[key])} | {HELP[name][key]} |"
    yield ""


def _value(said: Mapping[str, Any]) -> str:
    """Return what may be written, from its JSON Schema."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return f"[{_called(name)}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in said:
            return " or ".join(
                dict.fromkeys(_value(one) for one in said[several] if one.get("type") != "null")
            )
    if "const" in said:
        return f"`{said['const']}`"
    if "enum" in said:
        return ", ".join(f"`{word}`" for word in said["enum"])
    if said.get("type") == "array":
        return (
            "[clauses](#the-six-kinds-of-clause)"
            if "discriminator" in said["items"]
            else f"list of {_value(said['items'])}"
        )
    if said.get("type") == "object":
        inner = next(iter(said.get("patternProperties", {}).values()), said.get("additionalProperties", {}))
        return f"words, each with {_value(inner)}"
    return {
        "duration": "length",
        "date": "day",
    }.get(
        said.get("format", ""),
        {"string": "word", "boolean": "true, false"}.get(said.get("type", ""), "number"),
    )


def _default(info: Any) -> str:
    if info.is_required():
        return "needed"
    default = info.get_default(call_default_factory=True)
    if default is PydanticUndefined or default is None or default in ((), {}, ""):
        return "–"
    if isinstance(default, BaseModel):
        return ", ".join(f"`{key}: {_plain(value)}`" for key, value in default)
    return f"`{_plain(default)}`"


def _plain(value: Any) -> str:
    return durations.iso(value) if hasattr(value, "total_seconds") else str(value)


def _called(name: str) -> str:
    """Return what a part is called in the text."""
    return {
        "Both": "text",
        "Spoken": "desk",
        "IfLate": "if late",
        "Validity": "validity",
        "After": "after a milestone",
        "On": "on a day",
        "Every": "every period",
        "Before": "before a computed time",
        "Within": "within a length",
    }.get(name, name.lower())


def _docstring(name: str) -> str:
    shape = Both if name == "Both" else getattr(language, name)
    return " ".join((shape.__doc__ or "").split())


def _escalation() -> Iterator[str]:
    yield "### How a late duty goes up\n"
    yield "Lateness is computed; a step only rings. The debtor never changes by it. With `if_late.after` as the unit:\n"
    yield "| step | rung at |\n|---|---|"
    for name, times in jobs.ROWS:
        yield f"| `{name}` | {'the due' if not times else f'{times} × `after` later'} |"
    yield ""


def _limits() -> Iterator[str]:
    """Yield what a file may not go beyond, from the figures that the checks use."""

    def _time(most: timedelta) -> str:
        return f"`{durations.iso(most)}` ({length(most)})"

    def _signs(most: Mapping[str, int]) -> str:
        return f"{most['zh']} characters in Chinese, {most['en']} in English, on one line"

    yield "## Limits\n"
    yield "What lies beyond one is a fault that names the key, what was written and the limit.\n"
    rows = {
        "length of time": _time(limits.LENGTH),
        "`within` with `clock: days`": _time(limits.WORKING_DAYS).replace("days)", "working days)"),
        "`within` with `clock: hours`": "less than 24 hours; more is written in `days`",
        "`if_late.after`": _time(limits.LATE),
        "day": f"{limits.FIRST_DAY} to {limits.LAST_DAY}, written so and in no other way",
        "`version`": f"{limits.VERSION}",
        "a question's `hours`": f"{limits.HOURS:,}",
        "another number beside a question": f"{limits.PARAM:,}",
        "number in `where`": f"{limits.NUMBER:,}",
        "`title` of the instrument": _signs(limits.TITLE),
        "`title` of a clause": _signs(limits.CLAUSE_TITLE),
        "`text`": f"{limits.TEXT:,} characters in each language",
        "other words, `source`": f"{limits.WORDS:,} characters in each language",
        "value in `where` or beside a question": f"{limits.VALUE} characters",
        "clauses, bars": f"{limits.CLAUSES}, {limits.BARS}",
        "`yields_to`": f"{limits.YIELDS} clauses",
        "reasons, grounds, keys in `where` and `renew`": f"{limits.REASONS}",
        "any other list": f"{limits.LIST:,}",
        "the file": f"{reading.MAX_BYTES // 1024} KiB, {reading.MAX_PARTS:,} parts, nested {reading.MAX_DEPTH} deep",
        "its name": f"{limits.FILE} characters",
    }
    yield "| what | at most |\n|---|---|"
    yield from (f"| {what} | {most} |" for what, most in rows.items())
    yield ""
    yield "No text is blank, and none holds a sign that nobody sees: of control, without width, or that turns the"
    yield f"direction. Of one file {reading.MAX_FAULTS} faults and {limits.WARNINGS} warnings are told at once.\n"


def _words() -> Iterator[str]:
    yield "## Registered words\n"
    yield "What the rooms of this programme registered. Roles, parties and procedures come from the region pack.\n"
    yield "### Fields of cooperation\n"
    yield ", ".join(f"`{name}`" for name in FIELDS) + "\n"
    yield "### Events\n\n| event | what | data that `where` may name |\n|---|---|---|"
    for name in events.names():
        kind = events.get(name)
        data = ", ".join(f"`{key}`" for key in kind.data.model_fields)
        yield f"| `{name}` | {kind.title} | {data} |"
    yield "\n### Conditions (`reach:`)\n\n| condition | reads as | events |\n|---|---|---|"
    for name, reads in sorted(vocabulary.condition_events().items()):
        yield f"| `{name}` | {vocabulary.title(name)} | {_events(reads)} |"
    yield "\n### Questions (`of:`)\n"
    yield "| question | reads as | keys beside it | events | times it brings | certain |\n|---|---|---|---|---|---|"
    for name, words in sorted(vocabulary.question_words().items()):
        beside = ", ".join(f"`{key}`" for key in words.params) or "–"
        times = ", ".join(f"`{time}`" for time in sorted(words.times)) or "–"
        certain = "yes" if words.certain else "no"
        yield f"| `{name}` | {vocabulary.title(name)} | {beside} | {_events(words.events)} | {times} | {certain} |"
    yield ""
    fields, shared = vocabulary.fields(), vocabulary.shareable()
    yield from _list("Times (`before:`, and `<time>_shifts` in `renew:`)", vocabulary.times())
    yield from _list(
        "Fields of notices (`must_carry:`)", {name: field.title for name, field in fields.items()}
    )
    yield from _list(
        "Fields of shared data (`fields:`), beside those of notices",
        {name: title for name, title in shared.items() if name not in fields},
    )
    yield from _list("Measures (`score:`)", vocabulary.measures())


def _events(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "every event"


def _list(title: str, words: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {title}\n"
    if words:
        yield "| word | what |\n|---|---|"
        yield from (f"| `{name}` | {said} |" for name, said in sorted(words.items()))
    else:
        yield "None yet."
    yield ""
