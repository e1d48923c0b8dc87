"""What every page needs is loaded when the server starts, and then left alone by the garbage collector.

A house in Python is some hundred thousand objects that never go away: classes, templates, catalogues. Each full
collection walks through all of them and stops every page for a sixth of a second. Loaded before the first page and
frozen, they are no longer walked through; what a page makes is collected as before.
"""

from __future__ import annotations

import gc

from django.conf import settings
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import translation

YOUNG = (
    10_000  # new objects between two collections of the young: a page makes several thousand and drops them
)


def settle() -> int:
    """Load what lives as long as the process, and freeze it; return how many templates were compiled."""
    get_resolver().reverse_dict  # noqa: B018 - reads every address of the house
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")
    names = _template_names()
    for name in names:
        get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    return len(names)


def _template_names() -> list[str]:
    """Return the names of this house's own templates; those of the packages are compiled when they are shown."""
    house = settings.ROOT / "src" / "tongxin"
    folders = [folder for folder in get_app_template_dirs("templates") if house in folder.parents]
    folders += [folder for config in settings.TEMPLATES for folder in config["DIRS"]]
    return sorted(
        {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.html")}
    )
