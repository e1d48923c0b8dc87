"""Finds what a reader of Chinese would meet untranslated.

1. A message used in a room's Python or templates that its catalogue (or the shared one) has not, has empty or fuzzy,
   or translates with other placeholders; one message translated differently in two rooms; Chinese that addresses the
   reader (请, 您) or exclaims, which screens do not.
2. Text in a template outside a translation, in the page or in an attribute that is read out or shown.
   An element that says `translate="no"` or `lang="…"` is in one language on purpose.
3. Text in Python that reaches the screen without gettext; Chinese in code (`# not ui` marks data).
4. The same in web/'s TypeScript, where a screen's words come from the page.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tongxin"
WEB = ROOT / "web"
LOCALE = "zh_Hans"

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "phrase": None,  # of engines: a pattern that is translated where it is shown
}
# Both languages stand side by side in code: dates are written by rules of each; the verifier is one file by itself.
BOTH_LANGUAGES = {"site/look/times.py", "heart/ledger/verifier/tongxin_verify.py"}
# The operator's commands speak English, like the manual pages beside them; what offices use is written with gettext.
COMMAND_LINE = re.compile(
    r"(^|/)(cli|\w+_cli|commands|launch|demo|demo_nodes?|production)\.py$|/management/commands/"
)
REFUSALS = {"Refused": 1, "NotAllowed": 1, "NotFound": 1, "Conflict": 1, "KeyReused": 1, "Invalid": 0}
SHOWN_KEYWORDS = {
    "what",
    "kept",
    "todo",
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "empty_label",
}
SHOWN_ATTRIBUTES = {
    "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt", "label",
    "summary", "hx-confirm",
}  # fmt: skip
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CODE = {"code", "kbd", "pre", "samp"}
# Names and abbreviations that are the same in both languages.
SAME = re.compile(
    r"\b(Tongxin|API|CLI|CSV|GeoJSON|JSON|YAML|SHA-256|Ed25519|RFC 6962|TOTP|km|m³/s|EN|GMT|UTC|ID|ok)\b|同心|中文"
)
CHINESE = re.compile(r"[\u3400-\u9fff]")
ADDRESSES = re.compile(r"您|！|(?<![申提邀])请(?!求|示)")
WORDS = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]+$|[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str, str]  # context, message


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend, where it is."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def finding(path: Path, line: int, what: str) -> Finding:
    return Finding(str(path.relative_to(ROOT)), line, what)


@dataclass
class Catalogue:
    """What one room's .po says, by message."""

    path: Path
    texts: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def room_of(path: Path) -> Path:
    """The folder that a file's messages belong to: heart/<room>, petals/<petal>, site, shared, connectors."""
    parts = path.relative_to(SOURCE).parts
    return SOURCE.joinpath(*parts[: 2 if parts[0] in {"heart", "petals"} else 1])


def shown(name: str) -> str:
    return name if len(name) <= 70 else name[:67] + "…"


# 1 messages


def read_catalogue(path: Path) -> Catalogue:
    from babel.messages.pofile import read_po

    found = Catalogue(path)
    with path.open("rb") as lines:
        catalogue = read_po(lines, abort_invalid=True)
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        given = [message.string] if isinstance(message.string, str | None) else message.string
        texts = [text or "" for text in given]
        line = message.lineno or 1
        if message.fuzzy:
            found.findings.append(finding(path, line, f"fuzzy: {shown(ids[0])!r}"))
        elif not all(texts):
            found.findings.append(finding(path, line, f"empty: {shown(ids[0])!r}"))
        else:
            wanted = set(PLACEHOLDER.findall(ids[-1]))
            if any(set(PLACEHOLDER.findall(text)) - wanted for text in texts) or (
                wanted - set(PLACEHOLDER.findall(texts[-1]))
            ):
                found.findings.append(
                    finding(path, line, f"other placeholders than the message: {shown(ids[0])!r}")
                )
        found.texts[(message.context or "", ids[0])] = tuple(texts)
    return found


def messages_in(path: Path) -> Iterator[tuple[int, Key]]:
    """Every message a file uses, with its line."""
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    text = path.read_text("utf-8")
    if path.suffix != ".py":
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).split("\n"))
    for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        first = message[0] if isinstance(message, tuple) else message
        if first:
            yield line, (context or "", first)


def check_catalogues(files: list[Path]) -> Iterator[Finding]:
    catalogues = [
        read_catalogue(path) for path in sorted(SOURCE.glob(f"**/locale/{LOCALE}/LC_MESSAGES/django.po"))
    ]
    for catalogue in catalogues:
        yield from catalogue.findings
        for texts in catalogue.texts.values():
            for text in texts:
                if ADDRESSES.search(text):
                    yield finding(catalogue.path, 1, f"{text!r} addresses the reader or exclaims")
    yield from disagreements(catalogues)
    known: dict[Path, set[Key]] = {}
    for catalogue in catalogues:
        known.setdefault(room_of(catalogue.path), set()).update(catalogue.texts)
    everywhere = known.get(SOURCE / "shared", set())
    for path in files:
        room = room_of(path)
        for line, key in messages_in(path):
            if key not in everywhere and key not in known.get(room, set()):
                yield finding(path, line, f"{shown(key[1])!r} is not in {room.relative_to(ROOT)}/locale")


def disagreements(catalogues: list[Catalogue]) -> Iterator[Finding]:
    """Django merges the catalogues, so the last one would win silently."""
    first: dict[Key, Catalogue] = {}
    for catalogue in catalogues:
        for key, texts in catalogue.texts.items():
            other = first.setdefault(key, catalogue)
            if all(texts) and all(other.texts[key]) and other.texts[key] != texts:
                where = other.path.relative_to(ROOT)
                yield finding(
                    catalogue.path,
                    1,
                    f"{shown(key[1])!r} is {texts[0]!r} here, {other.texts[key][0]!r} in {where}",
                )


# 2 templates


class Page(HTMLParser):
    """Reads a template whose tags were blanked, and keeps the text that a reader would see."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.findings: list[Finding] = []
        self.open: list[tuple[str, bool]] = []  # element, in one language on purpose

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        exempt = (
            self.exempt
            or given.get("translate") == "no"
            or ("lang" in given and tag != "html")
            or tag in CODE
        )
        if not exempt:
            for name, value in attrs:
                self._attribute(tag, name, value or "", given)
        if tag not in VOID:
            self.open.append((tag, exempt))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        if self.exempt:
            return
        for number, line in enumerate(data.split("\n")):
            if WORDS.search(SAME.sub("", line)):
                self._found(self.getpos()[0] + number, f"text outside a translation: {shown(line.strip())!r}")

    @property
    def exempt(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _attribute(self, tag: str, name: str, value: str, given: dict[str, str | None]) -> None:
        read = name in SHOWN_ATTRIBUTES
        read |= tag == "input" and name == "value" and given.get("type") in {"submit", "button", "reset"}
        read |= tag == "meta" and name == "content" and given.get("name") in {"description", "author"}
        left = SAME.sub("", value)
        if (read and WORDS.search(left)) or (name.startswith("data-") and CHINESE.search(left)):
            self._found(self.getpos()[0], f"{name} outside a translation: {shown(value)!r}")

    def _found(self, line: int, what: str) -> None:
        self.findings.append(finding(self.path, line, what))


def blank(text: str) -> str:
    """Keep the lines, drop what is in them."""
    return re.sub(r"[^\n]", "", text)


COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
VERBATIM = re.compile(r"\{%\s*verbatim\b.*?%\}.*?\{%\s*endverbatim.*?%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
ARGUMENT = re.compile(r"""(?<![\w(])(\w+)=(["'])(.*?)\2""")
CODES = {"class", "id", "kind", "name", "type", "url", "href", "icon", "field", "size"}


def check_template(path: Path) -> list[Finding]:
    text = path.read_text("utf-8")
    for pattern in (COMMENT, VERBATIM, BLOCK):
        text = pattern.sub(lambda match: blank(match[0]), text)
    found = []
    for tag in TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        for name, _quote, value in ARGUMENT.findall(tag[0]):
            if name not in CODES and SENTENCE.search(SAME.sub("", value)):
                found.append(finding(path, line, f"{name}= outside a translation: {shown(value)!r}"))
    page = Page(path)
    page.feed(TAG.sub(lambda match: blank(match[0]), text))
    page.close()
    return found + page.findings


# 3 Python


def is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WORDS.search(node.value) is not None
    )


def check_python(path: Path) -> Iterator[Finding]:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    tree = ast.parse(text)
    for_operators = COMMAND_LINE.search(str(path.relative_to(SOURCE)))
    reads = "engine" in path.relative_to(SOURCE).parts  # Chinese text is what an engine works on
    both = for_operators or reads or str(path.relative_to(SOURCE)) in BOTH_LANGUAGES
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }

    def marked(node: ast.expr) -> bool:
        return any("# not ui" in line for line in lines[node.lineno - 1 : (node.end_lineno or node.lineno)])

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not for_operators:
            for part in shown_arguments(node):
                if is_text(part) and not marked(part):
                    yield finding(path, part.lineno, "shown to a reader without gettext")
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CHINESE.search(SAME.sub("", node.value))
            and not (id(node) in docstrings or marked(node) or both)
        ):
            yield finding(
                path, node.lineno, f"Chinese in code: {shown(node.value)!r} (`# not ui` if it is data)"
            )


def shown_arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if name in REFUSALS and len(call.args) > REFUSALS[name]:
        yield call.args[REFUSALS[name]]
    if (
        isinstance(owner, ast.Name)
        and owner.id == "messages"
        and name in {"success", "info", "warning", "error"}
    ):
        yield from call.args[1:2]
    if name not in {
        "Field",
        "Query",
        "Path",
        "add_argument",
        "option",
        "argument",
    }:  # the API's and the CLI's own words
        yield from (keyword.value for keyword in call.keywords if keyword.arg in SHOWN_KEYWORDS)


# 4 TypeScript

ASSIGNED = re.compile(
    r"""\.(?:textContent|innerText|title|placeholder|ariaLabel|alt)\s*=\s*(["'`])(.*?)\1"""
    r"""|setAttribute\(\s*["'](?:aria-label|title|placeholder|alt)["']\s*,\s*(["'`])(.*?)\3"""
)


def check_typescript(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        code = re.sub(r"(^|\s)(//|\*).*$", "", line)
        for match in ASSIGNED.finditer(code):
            text = match[2] or match[4] or ""
            if WORDS.search(re.sub(r"\$\{.*?\}", "", text)):
                yield finding(path, number, f"words in a script: {shown(text)!r}; take them from the page")
        if CHINESE.search(SAME.sub("", code)) and "not ui" not in line:
            yield finding(path, number, f"Chinese in a script: {shown(code.strip())!r}")


def own_files(folder: Path, *patterns: str) -> list[Path]:
    apart = {"tests", "migrations", "node_modules", "dist", "bundle"}
    return sorted(
        path
        for pattern in patterns
        for path in folder.rglob(pattern)
        if not apart & set(path.relative_to(folder).parts) and ".test." not in path.name
    )


def findings() -> list[Finding]:
    """Everything there is to mend, in the order of the files."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    python = own_files(SOURCE, "*.py")
    templates = own_files(SOURCE, "*.html", "*.txt", "*.svg")
    found = list(check_catalogues(python + [path for path in templates if "templates" in path.parts]))
    for path in templates:
        if path.suffix == ".html":
            found += check_template(path)
    for path in python:
        found += check_python(path)
    for path in own_files(WEB, "*.ts"):
        found += check_typescript(path)
    return sorted(set(found))


def main() -> int:
    found = findings()
    for each in found:
        print(each)
    print(f"{len(found)} to mend" if found else "every message is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
