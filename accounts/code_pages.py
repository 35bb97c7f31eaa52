"""The base of web pages that a code by e-mail protects: /withdraw/ and /reset-password/."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from libs.throttling.errors import TooManyRequests


@method_decorator(never_cache, name="dispatch")
class CodePageView(FormView):  # type: ignore[type-arg]
    """A page with one form; its rate limits are those of the API's codes and counted together with them."""

    # The folder of the page's templates.
    folder = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond with the page, or with one that says how long to wait."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except TooManyRequests as error:
            wait = max(1, int(error.wait or 1))
            page = render(request, f"{self.folder}/too_many_requests.html", {"minutes": -(-wait // 60)}, status=429)
            page.headers["Retry-After"] = str(wait)
            return page
