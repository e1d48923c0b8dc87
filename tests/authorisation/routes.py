"""Every way in that the product has: the screens of Django's resolver and the operations of the OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def screens() -> set[str]:
    """The names of all screens; the API's own addresses are in `operations`."""
    from django.urls import get_resolver

    return set(_names(get_resolver().url_patterns, ""))


def operations() -> set[tuple[str, str]]:
    """Method and path of every operation of the API."""
    from tongxin.site.api import api

    paths: dict[str, dict[str, Any]] = api.get_openapi_schema(path_prefix="/api/v1")["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def _names(patterns: list[Any], namespace: str) -> Iterator[str]:
    for entry in patterns:
        if hasattr(entry, "url_patterns"):
            inner = ":".join(filter(None, [namespace, entry.namespace or ""]))
            if inner != "api":
                yield from _names(entry.url_patterns, inner)
        else:
            assert entry.name, f"{entry.pattern} has no name"
            yield ":".join(filter(None, [namespace, entry.name]))
