"""Django's error views: HTML on the pages for people, problem+json everywhere else."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page

from libs.api.errors import Forbidden, InternalError, MalformedRequest, NotFound
from libs.api.problems import problem_response, to_api_exception

# The pages for people.
HTML_PATHS = ("/admin/", "/docs/", "/reset-password/", "/withdraw/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 or what the exception stands for; Django's handler400."""
    if request.path.startswith(HTML_PATHS):
        return defaults.bad_request(request, exception)
    error = to_api_exception(exception)
    return problem_response(error if error.status_code < 500 else MalformedRequest(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; Django's handler403."""
    if request.path.startswith(HTML_PATHS):
        return defaults.permission_denied(request, exception)
    return problem_response(Forbidden(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for an unrouted path; Django's handler404."""
    if request.path.startswith(HTML_PATHS):
        return defaults.page_not_found(request, exception)
    return problem_response(NotFound(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; Django's handler500."""
    if request.path.startswith(HTML_PATHS):
        return defaults.server_error(request)
    return problem_response(InternalError(), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without CSRF token; Django's CSRF_FAILURE_VIEW."""
    if request.path.startswith(HTML_PATHS):
        return csrf_page(request, reason)
    return problem_response(Forbidden(), request)
