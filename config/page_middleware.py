"""The middleware of pages for people, which the API does without."""

from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

API_PREFIX = "/api/"


class PageMiddleware:
    """Runs settings.PAGE_MIDDLEWARE for everything but the API, whose requests and responses it would not change.

    Each of them would cost a request of the API some microseconds only to look at the path. A middleware with
    `process_view` or another hook besides `__call__` belongs into settings.MIDDLEWARE, where Django finds the hook.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        chain: Any = get_response
        for path in reversed(settings.PAGE_MIDDLEWARE):
            # As Django does for each in settings.MIDDLEWARE, so that the outer ones get a response for an exception.
            chain = convert_exception_to_response(import_string(path)(chain))
        self.page_chain: Callable[[HttpRequest], HttpResponse] = chain

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chain = self.get_response if request.path_info.startswith(API_PREFIX) else self.page_chain
        return chain(request)


class WebClientMiddleware(CorsMiddleware):
    """The CORS headers of the API, where settings.CORS_ALLOWED_ORIGINS names web clients; mobile clients need none."""

    def __init__(self, get_response: Any) -> None:
        if not settings.CORS_ALLOWED_ORIGINS:
            raise MiddlewareNotUsed("There are no web clients.")
        super().__init__(get_response)
