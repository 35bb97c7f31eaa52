"""The site of the admin: who may enter it, and the pages that belong to no model."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _

from accounts.staff import second_factor
from accounts.staff.login_form import StaffLoginForm
from accounts.staff.second_factor_pages import SecondFactorSetupView, SecondFactorView
from config.admin_time_zones import TimeZoneView
from moderation.models import Report

# The order of the apps in the navigation: first what moderators work with most.
APP_ORDER = ("moderation", "posts", "comments", "accounts", "media", "outbox", "admin", "auth")
# The order of the models of an app, whatever their names are in the language of the page.
MODEL_ORDER = ("Report", "Appeal", "Decision", "ListedWord")


class AdminSite(admin.AdminSite):
    """Django's site for staff who have shown their second factor."""

    site_header = site_title = "Heart to Heart"
    site_url = None
    login_form = StaffLoginForm
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this login may see pages of the admin at all."""
        return super().has_permission(request) and second_factor.is_satisfied(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of the second factor and of the time zone."""
        own: list[URLPattern | URLResolver] = [
            path("second-factor/", SecondFactorView.as_view(), name="second_factor"),
            path("second-factor/set-up/", SecondFactorSetupView.as_view(), name="set_up_second_factor"),
            path("time-zone/", self.admin_view(TimeZoneView.as_view()), name="time_zone"),
            # Django's is for those only who have passed `has_permission`.
            path("logout/", self.logout, name="logout"),
        ]
        return own + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the header shows."""
        environment = "" if settings.PRODUCTION else settings.ENVIRONMENT
        return super().each_context(request) | {"environment": environment, "home_page": reverse("admin:index")}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in, or go on to the second factor after the password."""
        if request.method == "GET" and super().has_permission(request) and not self.has_permission(request):
            next_page = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
            return redirect(f"{reverse('admin:second_factor')}?{urlencode({REDIRECT_FIELD_NAME: next_page})}")
        return super().login(request, {"title": _("Log in"), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the apps with the models that this login may see, in APP_ORDER and MODEL_ORDER."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], MODEL_ORDER))
        return sorted(apps, key=lambda app: _place(app["app_label"], APP_ORDER))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the open cases to moderators, all models to others, and what to do about having no permission."""
        if not self.get_app_list(request):
            context = self.each_context(request) | {"title": _("You have no permissions yet")}
            return TemplateResponse(request, "admin/no_permissions.html", context)
        if not request.user.has_perm("moderation.view_report"):
            return super().index(request, extra_context)
        page: TemplateResponse = self.get_model_admin(Report).show_queue(request)  # type: ignore[attr-defined]
        return page


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)
