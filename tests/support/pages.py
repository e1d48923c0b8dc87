"""What a browser would send from a page, read off its HTML."""

from __future__ import annotations

from html.parser import HTMLParser

LANGUAGE_FORM = "language-form"


class _Form(HTMLParser):
    """Gathers the successful controls of one form as they stand in the page."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.inside, self.found = wanted, False, 0
        self.action = ""
        self.fields: dict[str, list[str]] = {}
        self.text = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form" and a.get("id") == self.wanted:
            self.inside, self.found, self.action = True, self.found + 1, a.get("action", "")
        elif not self.inside or not (a.get("name") or tag == "option"):
            return
        elif tag == "input" and a.get("type") not in {"submit", "file"}:
            if a.get("type") not in {"checkbox", "radio"} or "checked" in a:
                self.fields.setdefault(a["name"], []).append(a.get("value", "on"))
        elif tag == "textarea":
            self.text = a["name"]
            self.fields[self.text] = [""]
        elif tag == "select":
            self.select = a["name"]
        elif tag == "option" and (self.select not in self.fields or "selected" in a):
            self.fields[self.select] = [a.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea":
            self.text = ""

    def handle_data(self, data: str) -> None:
        if self.inside and self.text:
            self.fields[self.text][0] += data.removeprefix("\n")


def switched(page: str, language: str = "zh-hans") -> tuple[str, dict[str, list[str]]]:
    """Return what the language switch of a page sends, and where to: the address is empty for the page's own.

    Raises AssertionError unless the page has one form of that name, as every page must.
    """
    form = _Form(LANGUAGE_FORM)
    form.feed(page)
    assert form.found == 1, f"{form.found} forms for the language switch"
    form.fields.pop("csrfmiddlewaretoken", None)
    return form.action, form.fields | {"language": [language]}
