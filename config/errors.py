"""Views that Django calls for what never reached a view of the API: pages for people, problems for the rest."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page

from libs.api.errors import InternalError, Malformed, NotAllowed, NotFound
from libs.api.problems import answer, refusal_of

# Pages for people, where HTML is right.
PAGES = ("/admin/", "/docs/", "/withdraw/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if request.path.startswith(PAGES):
        return defaults.bad_request(request, exception)
    refusal = refusal_of(exception)
    return answer(refusal if refusal.status_code < 500 else Malformed(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if request.path.startswith(PAGES):
        return defaults.permission_denied(request, exception)
    return answer(NotAllowed(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404, for unrouted paths."""
    if request.path.startswith(PAGES):
        return defaults.page_not_found(request, exception)
    return answer(NotFound(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    if request.path.startswith(PAGES):
        return defaults.server_error(request)
    return answer(InternalError(), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Forms are for people only; elsewhere nothing uses cookies."""
    if request.path.startswith(PAGES):
        return csrf_page(request, reason)
    return answer(NotAllowed(), request)
