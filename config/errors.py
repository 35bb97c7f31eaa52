"""Django's error views: HTML on the pages for people, problem+json everywhere else."""

import sys

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page
from rest_framework.exceptions import APIException

from libs.api.errors import Forbidden, InternalError, MalformedRequest, NotFound
from libs.api.problems import TITLES, problem_headers, problem_response, to_api_exception

# The pages for people.
HTML_PATHS = ("/admin/", "/docs/", "/reset-password/", "/withdraw/", "/appeal/", "/p/")
# The title and the text of the pages inside the admin.
ADMIN_PAGES = {
    403: (_("Not for your role"), _("Your role does not let you see this page or do this.")),
    404: (_("This address has no page"), _("What was here may be deleted, or the address is wrong.")),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 or what the exception stands for; Django's handler400."""
    if request.path.startswith(HTML_PATHS):
        return defaults.bad_request(request, exception)
    error = to_api_exception(exception)
    return problem_response(error if error.status_code < 500 else MalformedRequest(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; Django's handler403."""
    if page := _page_of_the_admin(request, 403):
        return page
    if request.path.startswith(HTML_PATHS):
        return defaults.permission_denied(request, exception)
    return problem_response(Forbidden(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for an unrouted path; Django's handler404."""
    if page := _page_of_the_admin(request, 404):
        return page
    if request.path.startswith(HTML_PATHS):
        return defaults.page_not_found(request, exception)
    return problem_response(NotFound(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while a service that the server needs is away, otherwise 500; Django's handler500."""
    exception = sys.exc_info()[1]
    if isinstance(exception, Exception) and (error := to_api_exception(exception)).status_code == 503:
        return _service_unavailable(request, error)
    if request.path.startswith(HTML_PATHS):
        return defaults.server_error(request)
    return problem_response(InternalError(), request)


def _page_of_the_admin(request: HttpRequest, status: int) -> HttpResponse | None:
    """Return the page in the frame of the admin; None elsewhere, and for who is not logged in to the admin."""
    if not request.path.startswith("/admin/") or not hasattr(request, "user") or not admin.site.has_permission(request):
        return None
    title, detail = ADMIN_PAGES[status]
    context = admin.site.each_context(request) | {"title": title, "detail": detail}
    return HttpResponse(render_to_string("admin/error.html", context, request), status=status)


def _service_unavailable(request: HttpRequest, error: APIException) -> HttpResponse:
    if not request.path.startswith(HTML_PATHS):
        return problem_response(error, request)
    # Without the request, for which the template would look the user up.
    page = render_to_string("503.html", {"title": TITLES[error.status_code], "detail": error.detail})
    return HttpResponse(page, status=error.status_code, headers=problem_headers(error))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without CSRF token; Django's CSRF_FAILURE_VIEW."""
    if request.path.startswith(HTML_PATHS):
        return csrf_page(request, reason)
    return problem_response(Forbidden(), request)
