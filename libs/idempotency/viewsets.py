"""Idempotent: what makes an action of a viewset repeatable."""

import re
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from libs.idempotency.errors import KeyInvalid
from libs.idempotency.fingerprints import fingerprint
from libs.idempotency.models import Answer

HEADER = "Idempotency-Key"
is_key = re.compile(r"[\x21-\x7e]{1,255}").fullmatch

if TYPE_CHECKING:
    Base = GenericViewSet[Any]
else:
    Base = object


class Idempotent(Base):
    """Before a viewset: the actions in `idempotent` answer a repeated request as they answered the first.

    Such an action runs in one transaction together with its stored answer. One that reaches beyond the database, and
    so must not, is in `keeps` too: it calls `kept(response)` inside of the transaction of its effect by itself.
    Only for members, and for answers that carry no token. Refusals and faults are not stored: nothing happened.
    """

    idempotent: ClassVar[frozenset[str]] = frozenset()
    keeps: ClassVar[frozenset[str]] = frozenset()
    _answer: Answer | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What comes before every action; then, if the request bears a key, bind the action to it."""
        super().initial(request, *args, **kwargs)
        if self.action in self.idempotent and HEADER in request.headers:
            # As ViewSetMixin binds an action to its method.
            setattr(self, str(request.method).lower(), partial(self._once, getattr(self, self.action)))

    def _once(self, action: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers[HEADER]
        if not is_key(key):
            raise KeyInvalid
        answer = Answer.objects.claim(
            member_id=cast(int, request.user.pk),
            route=f"{request.method} {cast(ResolverMatch, request.resolver_match).route}",
            key=key,
            fingerprint=fingerprint(request.data, kwargs),
        )
        if answer.status is not None:
            return answer.replayed()
        self._answer = answer
        try:
            return self._first(action, request, *args, **kwargs)
        finally:
            answer.release()

    def _first(self, action: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        keeps = self.action in self.keeps
        with nullcontext() if keeps else transaction.atomic():
            response: Response = action(request, *args, **kwargs)
            if not keeps:
                self.kept(response)
            return response

    def kept(self, response: Response) -> Response:
        """The response, stored if it is a success and the request bears a key; in the transaction of the effect."""
        if self._answer is not None and response.status_code < 300:
            renderer = self.request.accepted_renderer
            body: Any = b"" if response.data is None else renderer.render(response.data, renderer.media_type, {})
            self._answer.keep(response, body, renderer.media_type)
        return response
