"""The form beside a text: every key that the form can show with its value, and a changed value put into the text.

Text in, text out: remarks, order and layout of what was not changed stay. The text is what is saved and signed; the
form is another way to write it. Maps with words of the writer's own (reasons, grounds, conditions) stand in the text.
"""

from __future__ import annotations

import io
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from tongxin.heart.agreements.known import Known
from tongxin.heart.agreements.language import KINDS, InstrumentFile, Spoken
from tongxin.shared import reading
from tongxin.shared.named import Both, pick
from tongxin.shared.petals import FIELDS

Step = str | int
LINE, AREA, CHOICE, LIST, DAY, NUMBER = "line", "area", "choice", "list", "day", "number"
TEXT_ONLY = frozenset({"refuse_reasons", "grounds", "where", "renew", "bars", "clauses", "score"})
LONG = frozenset({"text"})
FORMS = {
    "on": "On",
    "every": "Every",
    "before": "Before",
    "milestone": "After",
}  # of a due, by the key that tells it


@dataclass(frozen=True)
class Item:
    """One key that the form shows: where it stands, how it is entered, what it holds; `""` where it is not there."""

    path: tuple[Step, ...]
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def name(self) -> str:
        """The name of the control."""
        return "f:" + "/".join(str(step) for step in self.path)

    @property
    def key(self) -> str:
        """The key inside its clause, such as `due.within`."""
        own = self.path[2:] if self.path[:1] == ("clauses",) else self.path
        return ".".join(str(step) for step in own)


@dataclass(frozen=True)
class Part:
    """The head of a text, or one clause of it."""

    title: str
    kind: str  # of the clause; empty: the head
    ref: str  # how a button names the clause
    items: tuple[Item, ...]
    text_only: tuple[str, ...] = field(default=())  # keys that are there and that only the text shows


def parts(text: str) -> list[Part] | None:
    """Return the form of a text; None while the text is no YAML mapping."""
    tree = _tree(text)
    if tree is None:
        return None
    found = [Part("", "", "", tuple(_items(InstrumentFile, tree, ())), _text_only(InstrumentFile, tree))]
    clauses = tree.get("clauses")
    for n, each in enumerate(clauses if isinstance(clauses, list) else ()):
        model = KINDS.get(str(each.get("kind"))) if isinstance(each, dict) else None
        if model is None:
            continue
        ref = _ref(each, n)
        items = tuple(_items(model, each, ("clauses", ref)))
        found.append(Part(_title(each), str(each["kind"]), str(ref), items, _text_only(model, each)))
    return found


def changed(text: str, base: str, given: Mapping[str, Sequence[str]]) -> str:
    """Return the text with what was changed in the form; `base` is the text that the form was made of.

    What the form does not show, and what was not changed in it, stays. A text that is no mapping comes back as it is.
    """
    tree, before = _tree(text), parts(base)
    if tree is None or before is None:
        return text
    touched = False
    for item in (item for part in before for item in part.items):
        if item.name not in given:
            continue
        value = _joined(item, given[item.name])
        if value != item.value:
            touched = _put(tree, item, value) or touched
    return _dumped(tree) if touched else text


def with_clause(text: str, clause: str) -> str:
    """Return the text with one clause more, written as it is indented in a file; it comes last.

    Where `clauses:` is no list the text comes back as it is: its faults say why.
    """
    tree = _tree(text)
    body = text if text.endswith("\n") or not text else text + "\n"
    if tree is None:
        return body + clause
    if "clauses" not in tree:
        return f"{body}clauses:\n{clause}"
    if tree["clauses"] is None or tree["clauses"] == []:
        tree["clauses"] = CommentedSeq()
    if not isinstance(tree["clauses"], list):
        return text
    own = YAML(typ="rt").load(f"clauses:\n{clause}")["clauses"][0]
    tree["clauses"].append(own)
    return _dumped(tree)


def without_clause(text: str, ref: str) -> str:
    """Return the text without the clause that a button names; as it is when there is none."""
    tree = _tree(text)
    if tree is None or not isinstance(tree.get("clauses"), list):
        return text
    for n, each in enumerate(tree["clauses"]):
        if isinstance(each, dict) and str(_ref(each, n)) == ref:
            del tree["clauses"][n]
            return _dumped(tree)
    return text


def clause_ids(text: str) -> list[str]:
    """Return the ids of the clauses of a text; empty while it cannot be read."""
    tree = _tree(text)
    clauses = tree.get("clauses") if tree is not None else None
    listed = clauses if isinstance(clauses, list) else ()
    return [str(c["id"]) for c in listed if isinstance(c, dict) and "id" in c]


def _tree(text: str) -> CommentedMap | None:
    """Return the text as a tree that keeps its remarks; None for what the reader would not read as a mapping."""
    try:
        reading.read_text(text, "form")
        tree = YAML(typ="rt").load(text)
    except (reading.Unreadable, YAMLError, ValueError):
        return None
    return tree if isinstance(tree, CommentedMap) else None


def _dumped(tree: CommentedMap) -> str:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _items(model: type[BaseModel], data: Any, path: tuple[Step, ...]) -> Iterator[Item]:
    there = data if isinstance(data, dict) else {}
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in TEXT_ONLY or (key == "kind" and len(path) == 2):
            continue
        yield from _item(info.annotation, there.get(key), (*path, key), info.is_required())


def _item(annotation: Any, value: Any, path: tuple[Step, ...], needed: bool) -> Iterator[Item]:
    kinds = list(_members(annotation))
    words = tuple(str(word) for kind in kinds if get_origin(kind) is Literal for word in get_args(kind))
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if models:
        yield from _of_model(_chosen(models, value), value, path, needed)
    elif any(get_origin(kind) is tuple for kind in kinds):
        listed = value if isinstance(value, list) else []
        yield Item(path, LIST, ", ".join(str(each) for each in listed), needed=needed)
    elif words:
        yield Item(path, CHOICE, _shown(value), words, needed)
    elif date in kinds:
        yield Item(path, DAY, _shown(value), needed=needed)
    elif int in kinds or float in kinds:
        yield Item(path, NUMBER, _shown(value), needed=needed)
    elif str in kinds or timedelta in kinds:
        yield Item(path, LINE, _shown(value), needed=needed)


def _of_model(model: type[BaseModel], value: Any, path: tuple[Step, ...], needed: bool) -> Iterator[Item]:
    there = value if isinstance(value, dict) else {}
    if model is Both:
        kind = AREA if path[-1] in LONG else LINE
        yield from (
            Item((*path, code), kind, _shown(there.get(code)), needed=needed) for code in ("zh", "en")
        )
    elif model is Spoken:
        own = [key for key in there if key not in {"role", "of"}]
        yield from (
            Item((*path, str(key)), LINE, _shown(there.get(key)), needed=needed and key in {"role", "of"})
            for key in ("role", "of", *own)
        )
    else:
        yield from _items(model, there, path)


def _chosen(models: list[type[BaseModel]], value: Any) -> type[BaseModel]:
    """Return the member of a union that a value is written as; the first where nothing tells it."""
    keys = set(value) if isinstance(value, dict) else set()
    told = {FORMS[key] for key in keys if key in FORMS}
    return next((model for model in models if model.__name__ in told), models[0])


def _members(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in {Union, types.UnionType}:
        for each in get_args(annotation):
            yield from _members(each)
    elif annotation is not type(None):
        yield annotation


def _text_only(model: type[BaseModel], data: Mapping[str, Any]) -> tuple[str, ...]:
    names = {info.alias or name for name, info in model.model_fields.items()}
    return tuple(key for key in data if key in TEXT_ONLY and key in names and key != "clauses")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _joined(item: Item, values: Sequence[str]) -> str:
    """Return what was entered as one text; of a list the words that were there first, in their order."""
    cleaned = [value.strip().replace("\r\n", "\n") for value in values]
    if item.kind != LIST:
        return (cleaned or [""])[-1]
    before = item.value.split(", ") if item.value else []
    entered = [word.strip() for value in cleaned for word in value.split(",") if word.strip()]
    kept = [word for word in before if word in entered]
    return ", ".join([*kept, *(word for word in entered if word not in kept)])


def _put(tree: CommentedMap, item: Item, value: str) -> bool:
    """Set a value at its path, or take the key away where it is empty; return whether anything changed."""
    node: Any = tree
    above: list[tuple[Any, Step]] = []
    for step in item.path[:-1]:
        inner = _inner(node, step)
        if inner is None:
            if not value or not isinstance(node, CommentedMap):
                return False
            inner = CommentedMap()
            inner.fa.set_flow_style()
            node[step] = inner
        above.append((node, step))
        node = inner
    key = item.path[-1]
    if not isinstance(node, CommentedMap):
        return False
    if value:
        node[key] = _plain(item, value)
        return True
    if key not in node:
        return False
    del node[key]
    for parent, step in reversed(above):
        if node or not isinstance(parent, CommentedMap):
            break
        del parent[step]
        node = parent
    return True


def _inner(node: Any, step: Step) -> Any:
    if isinstance(node, list):
        return next(
            (each for n, each in enumerate(node) if isinstance(each, dict) and _ref(each, n) == step), None
        )
    return node.get(step) if isinstance(node, dict) else None


def _plain(item: Item, value: str) -> Any:
    """Return what stands in the text; what is no number or day stays as typed, so that the reader can say so."""
    if item.kind == LIST:
        listed = CommentedSeq(word.strip() for word in value.split(",") if word.strip())
        listed.fa.set_flow_style()
        return listed
    try:
        if item.kind == NUMBER:
            return int(value) if "." not in value else float(value)
        if item.kind == DAY:
            return date.fromisoformat(value)
    except ValueError:
        return value
    return value


def _ref(clause: Mapping[str, Any], n: int) -> Step:
    return f"#{clause['id']}" if clause.get("id") else n


def _title(clause: Mapping[str, Any]) -> str:
    said = clause.get("title")
    both = said if isinstance(said, dict) else {}
    return pick(str(both.get("zh", "")), str(both.get("en", ""))) or str(clause.get("id", ""))


def options(items: Iterable[Item], known: Known) -> dict[str, list[str]]:
    """Return the words that may be chosen for each key of the form, from what this installation knows."""
    found: dict[str, list[str]] = {}
    for item in items:
        last, above = str(item.path[-1]), str(item.path[-2]) if len(item.path) > 1 else ""
        words: Iterable[str] = ()
        if last == "role":
            words = known.roles
        elif last == "of" and above in {"from", "to", "payee", "payer"}:
            words = ["place", "reporter", "each_party", "other_parties", *sorted(known.questions)]
        elif last == "event":
            words = known.events
        elif last == "reach":
            words = known.conditions
        elif last in {"before"}:
            words = known.times
        elif last == "must_carry":
            words = known.fields
        elif last == "fields":
            words = known.shareable
        elif last == "procedures":
            words = known.procedures
        elif last == "field" and len(item.path) == 1:
            words = FIELDS
        if words:
            found[item.name] = list(words) if isinstance(words, list) else sorted(words)
    return found
