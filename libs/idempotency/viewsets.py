"""Idempotent actions of viewsets, by the header Idempotency-Key or by whatever else tells a repeated request."""

import re
import time
from collections.abc import Callable
from functools import cache, wraps
from threading import Semaphore
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from libs.client_connection.checks import require_client
from libs.idempotency.errors import IdempotencyKeyInUse, IdempotencyKeyInvalid
from libs.idempotency.fingerprints import fingerprint
from libs.idempotency.models import StoredResponse

HEADER = "Idempotency-Key"
# nginx sends it with a request that it repeats, because the first server closed the connection without a response.
# From a client it does no harm: a first request that still runs loses its lease, and rolls its effect back.
REPEATED_HEADER = "X-Repeated-By-Proxy"
# How often a repeated request looks whether the first one has ended. Seconds.
POLL_SECONDS = 0.1
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
    # How long a repeated request waits for the first one to end before it is refused. Seconds.
    wait_for_first_seconds = 0.0

    def get_idempotency_key(self) -> str | None:
        """Return the key of the request, None without one; raise IdempotencyKeyInvalid."""
        key = self.request.headers.get(HEADER)
        if key is not None and not is_valid_key(key):
            raise IdempotencyKeyInvalid
        return key

    def get_storage_key(self, key: str, digest: str) -> str:
        """Return the key under which the response is stored; `digest` is the fingerprint of the request's data."""
        return key

    def store_response(self, response: Response) -> Response:
        """Store the response of an upload, as the last step in the transaction of its effect, and return it.

        Raises ClientDisconnected when nobody waits for the response, so that the effect is rolled back: people whose
        app shows an error send the upload again, as a new request.
        """
        require_client(self.request)
        return self.store_if_claimed(response)

    def store_if_claimed(self, response: Response) -> Response:
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
        return view.store_if_claimed(action(view, *args, **kwargs))

    run = action if stores_response else store

    @wraps(action)
    def idempotent_action(view: IdempotencyMixin, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = view.get_idempotency_key()
        if key is None:
            return cast(HttpResponseBase, action(view, request, *args, **kwargs))
        view.claimed = claimed = _claim(view, key, kwargs)
        if claimed.status is not None:
            return claimed.replay()
        is_stored = False
        try:
            response: Response = run(view, request, *args, **kwargs)
            is_success = response.status_code < 300
            is_stored = is_success and claimed.status is not None
            if is_success and not is_stored:
                raise RuntimeError(f"{action.__qualname__} did not store its response")
            return response
        finally:
            # Not if the transaction that stored it has failed.
            if not is_stored:
                claimed.release()

    return cast(Action, idempotent_action)


def _claim(view: IdempotencyMixin, key: str, path: dict[str, Any]) -> StoredResponse:
    """Claim the key, and wait for the request that holds it for as long as the view allows."""
    request, digest = view.request, fingerprint(view.request.data, path)

    def claim() -> StoredResponse:
        return StoredResponse.objects.claim(
            member_id=cast(int, request.user.pk),
            route=f"{request.method} {cast(ResolverMatch, request.resolver_match).route}",
            key=view.get_storage_key(key, digest),
            fingerprint=digest,
            first_has_ended=REPEATED_HEADER in request.headers,
        )

    try:
        return claim()
    except IdempotencyKeyInUse:
        if not view.wait_for_first_seconds or not _waiting_requests().acquire(blocking=False):
            raise
    try:
        return _claim_when_free(claim, request, view.wait_for_first_seconds)
    finally:
        _waiting_requests().release()


def _claim_when_free(claim: Callable[[], StoredResponse], request: Request, seconds: float) -> StoredResponse:
    """Claim the key again and again; raise IdempotencyKeyInUse after so many seconds, or ClientDisconnected."""
    until = time.monotonic() + seconds
    while True:
        require_client(request)
        time.sleep(POLL_SECONDS)
        try:
            return claim()
        except IdempotencyKeyInUse:
            if time.monotonic() > until:
                raise


@cache
def _waiting_requests() -> Semaphore:
    """Let one thread of the process wait for another one's request, so that waiting leaves threads to all others."""
    return Semaphore(1)
