"""Idempotent actions of viewsets, by the header Idempotency-Key."""

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from libs.idempotency.errors import IdempotencyKeyInvalid
from libs.idempotency.fingerprints import fingerprint
from libs.idempotency.models import StoredResponse

HEADER = "Idempotency-Key"
is_valid_key = re.compile(r"[\x21-\x7e]{1,255}").fullmatch
Action = TypeVar("Action", bound=Callable[..., Any])

if TYPE_CHECKING:
    Base = GenericViewSet[Any]
else:
    Base = object


class IdempotencyMixin(Base):
    """A viewset whose `idempotent` actions give a repeated request the response of the first.

    Only for members, and for responses without tokens. Errors are not stored, because they had no effect.
    """

    claimed: StoredResponse | None = None

    def store_response(self, response: Response) -> Response:
        """Store a successful response to a request with a key, in the transaction of the effect, and return it."""
        if self.claimed is not None and response.status_code < 300:
            renderer = self.request.accepted_renderer
            body: Any = b"" if response.data is None else renderer.render(response.data, renderer.media_type, {})
            self.claimed.store(response, body, renderer.media_type)
        return response


def idempotent(action: Action, *, stores_response: bool = False) -> Action:
    """Make an action of an IdempotencyMixin idempotent.

    A request with a key runs in one transaction with the storing of its response. An action that `stores_response`
    itself does not: it calls `store_response` in a transaction of its own.
    """

    @transaction.atomic
    def store(view: IdempotencyMixin, *args: Any, **kwargs: Any) -> Response:
        return view.store_response(action(view, *args, **kwargs))

    run = action if stores_response else store

    @wraps(action)
    def idempotent_action(view: IdempotencyMixin, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if HEADER not in request.headers:
            return cast(HttpResponseBase, action(view, request, *args, **kwargs))
        view.claimed = claimed = _claim(request, kwargs)
        if claimed.status is not None:
            return claimed.replay()
        try:
            response: Response = run(view, request, *args, **kwargs)
            if claimed.status is None and response.status_code < 300:
                raise RuntimeError(f"{action.__qualname__} did not store its response")
            return response
        finally:
            claimed.release()

    return cast(Action, idempotent_action)


def _claim(request: Request, path: dict[str, Any]) -> StoredResponse:
    key = request.headers[HEADER]
    if not is_valid_key(key):
        raise IdempotencyKeyInvalid
    return StoredResponse.objects.claim(
        member_id=cast(int, request.user.pk),
        route=f"{request.method} {cast(ResolverMatch, request.resolver_match).route}",
        key=key,
        fingerprint=fingerprint(request.data, path),
    )
