"""A parameter that an operation does not know is refused, by name: what is not understood is not silently left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.signature import ViewSignature

from tongxin.shared.errors import Invalid


def only_known(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Answer only addresses whose parameters the operation knows; raises Invalid that names the known ones."""

    @wraps(operation)
    def door(request: HttpRequest, *args: Any, **given: Any) -> Any:
        if request.GET:
            _need_known(request, operation)
        return operation(request, *args, **given)

    return door


def _need_known(request: HttpRequest, operation: Callable[..., Any]) -> None:
    match = request.resolver_match
    known = sorted(_names(operation) - set(match.kwargs if match else ()))
    allowed = (
        _("There is no such parameter here. Known: %(names)s.") % {"names": ", ".join(known)}
        if known
        else _("There is no such parameter here: this operation takes none.")
    )
    wrong: dict[str, list[Any]] = {name[:80]: [allowed] for name in request.GET if name not in known}
    if wrong:
        raise Invalid(_("The request does not fit the operation."), wrong)


@cache
def _names(operation: Callable[..., Any]) -> frozenset[str]:
    """Return the names that an operation takes from an address, those of its path among them."""
    models = ViewSignature("", operation).models
    return frozenset(
        name
        for model in models
        if model.__ninja_param_source__ in {"query", "path"}
        for name in model.__ninja_flatten_map__
    )
