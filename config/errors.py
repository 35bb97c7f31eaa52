"""Views that Django calls for what never reached a view of the API: pages for people, problems for the rest."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page

from libs.api.errors import Forbidden, InternalError, MalformedRequest, NotFound
from libs.api.problems import problem_response, to_api_exception

# Pages for people, where HTML is right.
HTML_PATHS = ("/admin/", "/docs/", "/withdraw/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if request.path.startswith(HTML_PATHS):
        return defaults.bad_request(request, exception)
    refusal = to_api_exception(exception)
    return problem_response(refusal if refusal.status_code < 500 else MalformedRequest(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if request.path.startswith(HTML_PATHS):
        return defaults.permission_denied(request, exception)
    return problem_response(Forbidden(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404, for unrouted paths."""
    if request.path.startswith(HTML_PATHS):
        return defaults.page_not_found(request, exception)
    return problem_response(NotFound(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    if request.path.startswith(HTML_PATHS):
        return defaults.server_error(request)
    return problem_response(InternalError(), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Forms are for people only; elsewhere nothing uses cookies."""
    if request.path.startswith(HTML_PATHS):
        return csrf_page(request, reason)
    return problem_response(Forbidden(), request)
