"""Two-language names: which one is shown, and in which language it really is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

TAGS = {"zh": "zh-Hans", "en": "en"}


def language() -> str:
    """Return the language of this page, `zh` or `en`."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def _both(thing: Any) -> tuple[str, str] | None:
    if isinstance(thing, Mapping):
        return str(thing.get("zh") or ""), str(thing.get("en") or "")
    if hasattr(thing, "name_zh") or hasattr(thing, "name_en"):
        return str(getattr(thing, "name_zh", "") or ""), str(getattr(thing, "name_en", "") or "")
    if hasattr(thing, "zh") or hasattr(thing, "en"):
        return str(getattr(thing, "zh", "") or ""), str(getattr(thing, "en", "") or "")
    return None


def named(thing: Any) -> tuple[str, str]:
    """Return the name of a thing and the language it is in: the page's language, else the other one."""
    if thing is None or thing == "":
        return "—", language()
    both = _both(thing)
    if both is None:
        name = getattr(thing, "name", None)
        return str(thing if name is None else name), language()
    wanted = language()
    zh, en = both
    if wanted == "zh":
        return (zh, "zh") if zh else (en or "—", "en" if en else "zh")
    return (en, "en") if en else (zh or "—", "zh" if zh else "en")


def named_html(thing: Any) -> SafeString:
    """Return the name; when it is not in the page's language, inside a span that says so to a reader's voice."""
    text, spoken = named(thing)
    if spoken == language():
        return SafeString(conditional_escape(text))
    return format_html('<span lang="{}">{}</span>', TAGS[spoken], text)
