"""The time zone in which the admin shows times: a choice of each browser, kept in a cookie."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

COOKIE = "admin_time_zone"
COOKIE_MAX_AGE = 400 * 86_400
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zone_names() -> tuple[str, ...]:
    """The names that a moderator can choose, such as Asia/Seoul."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(REGIONS)))


class TimeZoneForm(forms.Form):
    """Chooses a time zone."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=lambda: [(name, name.replace("_", " ")) for name in time_zone_names()]
    )


class TimeZoneView(FormView):  # type: ignore[type-arg]
    """The page on which a moderator chooses the time zone of this browser."""

    form_class = TimeZoneForm
    template_name = "admin/time_zone.html"

    def get_initial(self) -> dict[str, Any]:
        """Return the zone that is in use."""
        return {"time_zone": timezone.get_current_timezone_name()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what every page of the admin shows."""
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request) | {"title": _("Time zone")}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the choice."""
        response = redirect("admin:index")
        response.set_cookie(
            COOKIE,
            form.cleaned_data["time_zone"],
            max_age=COOKIE_MAX_AGE,
            path="/admin/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


class AdminTimeZoneMiddleware:
    """Activate the time zone of the browser's cookie in the admin, or ADMIN_TIME_ZONE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        chosen = request.COOKIES.get(COOKIE, "")
        with timezone.override(ZoneInfo(chosen if chosen in time_zone_names() else settings.ADMIN_TIME_ZONE)):
            return self.get_response(request)
