"""Finds in the code what the crash test must play: the names of acts and writing transactions, the kinds of messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tongxin"
NAME = re.compile(r"[a-z_]+(\.[a-z_ ]+)+\Z")
OPENERS = {"act", "writing"}  # `with act("…")` and `with writing("…")` open a transaction that commits
# exchange.send("notice", …), what a room wraps round it, and what the protocol of hand-over wants said
SENDERS = {"send", "_send", "inform", "Draft"}
MACHINERY = {"heart/exchange/acts.py", "shared/writing.py"}


@dataclass
class Found:
    """Names, each with a place; and calls whose name could not be read."""

    acts: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


@cache
def scan() -> Found:
    """Read every module of the product but its tests, once."""
    found = Found()
    trees = {
        str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.parts)
    }
    passed_on = _keyword_names(trees)
    for place, tree in trees.items():
        if place in MACHINERY:
            continue
        entered = {
            id(item.context_expr) for w in ast.walk(tree) if isinstance(w, ast.With) for item in w.items
        }
        for function, call in _calls(tree):
            where = f"{place}:{call.lineno}"
            if _called(call) in OPENERS and id(call) in entered:
                names = _names_of(call.args[0], function, passed_on)
                found.acts.update(dict.fromkeys(names, where))
                if not names:
                    found.unreadable.append(where)
            elif _called(call) in SENDERS and (kind := _kind_of(call)):
                found.kinds[kind] = where
    return found


def _keyword_names(trees: dict[str, ast.Module]) -> set[str]:
    """Return what is passed as `name="a.b.c"` anywhere: names for functions that open an act for their callers."""
    return {
        word.value.value
        for tree in trees.values()
        for _function, call in _calls(tree)
        for word in call.keywords
        if word.arg == "name"
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
        and NAME.match(word.value.value)
    }


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield each call with the innermost function round it."""

    def walk(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inside = child if isinstance(child, ast.FunctionDef) else function
            if isinstance(child, ast.Call):
                yield inside, child
            yield from walk(child, inside)

    return walk(tree, tree)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _names_of(given: ast.expr, function: ast.AST, passed_on: set[str]) -> list[str]:
    if isinstance(given, ast.Constant):
        return [given.value] if isinstance(given.value, str) else []
    if not isinstance(given, ast.Name):
        return []
    if isinstance(function, ast.FunctionDef):
        arguments = function.args
        if given.id in {a.arg for a in [*arguments.args, *arguments.kwonlyargs]}:
            return sorted(passed_on)
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == given.id for t in node.targets)
    ]
    constants = [n.value for value in assigned for n in ast.walk(value) if isinstance(n, ast.Constant)]
    return [text for text in constants if isinstance(text, str) and NAME.match(text)]


def _kind_of(call: ast.Call) -> str:
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return texts[0] if texts else ""
