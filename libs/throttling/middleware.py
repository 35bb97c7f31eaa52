"""The RateLimit headers of responses (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class RateLimitHeadersMiddleware:
    """Adds a header item for each scope that the request was counted against.

    `RateLimit-Policy: "scope";q=600;w=60` allows 600 requests in 60 seconds; `RateLimit: "scope";r=42;t=17` says that
    42 of them are left, and that there are more in 17 seconds. Of several limits the one with the least left is shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if results := getattr(request, "rate_limit_results", None):
            policies = [f'"{each.scope}";q={each.limit};w={each.window_seconds}' for each in results]
            remaining = [f'"{each.scope}";r={each.remaining};t={each.reset_seconds}' for each in results]
            response.headers["RateLimit-Policy"] = ", ".join(policies)
            response.headers["RateLimit"] = ", ".join(remaining)
        return response
