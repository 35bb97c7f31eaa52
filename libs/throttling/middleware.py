"""What an answer says of the limits it was counted against (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class RateLimitHeadersMiddleware:
    """Middleware that tells the results noted on the request, one item for each scope; nothing without any.

    `RateLimit-Policy: "scope";q=600;w=60` is so many requests in so many seconds; `RateLimit: "scope";r=42;t=17` says
    how many of them are left, and in how many seconds there are more. Of several rates the one with the least left
    speaks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if results := getattr(request, "rate_limit_results", None):
            policies = [f'"{one.scope}";q={one.limit};w={one.window_seconds}' for one in results]
            left = [f'"{one.scope}";r={one.remaining};t={one.reset_seconds}' for one in results]
            response.headers["RateLimit-Policy"] = ", ".join(policies)
            response.headers["RateLimit"] = ", ".join(left)
        return response
