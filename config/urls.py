"""URL configuration: the API at /api/v1/, the Android API at the root, the admin and the HTML pages."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from accounts.credentials.admin_password_change import change_own_password
from accounts.credentials.pages import PasswordResetConfirmPageView, PasswordResetPageView
from accounts.withdrawal.pages import WithdrawalConfirmPageView, WithdrawalPageView
from android.openapi import INFO, AppGenerator
from config.views import ClientConfigViewSet, SwaggerView, schema
from media.storage import local_views
from moderation.appeal_pages import AppealConfirmPageView, AppealPageView
from posts.oembed import OEmbedView
from posts.share_pages import SharedPostPageView

v1: list[URLPattern | URLResolver] = [
    # Patterns are tried in this order, so the most frequent requests come first.
    path("", include("posts.urls")),
    path("", include("comments.urls")),
    path("", include("media.urls")),
    path("", include("accounts.urls")),
    path("", include("moderation.urls")),
    path("", include("notifications.urls")),
    path("config", ClientConfigViewSet.as_view({"get": "retrieve"})),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(v1)),
    path("", include("android.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/password_change/", change_own_password),
    # Django's login page links to this name. The admin may have a host of its own, which does not have the page.
    path(
        "admin/password_reset/",
        RedirectView.as_view(url=f"{settings.PUBLIC_URL}/reset-password/"),
        name="admin_password_reset",
    ),
    path("admin/", admin.site.urls),
    path("p/<path:token>", SharedPostPageView.as_view(), name="shared-post"),
    path("oembed", OEmbedView.as_view(), name="oembed"),
    path("withdraw", RedirectView.as_view(url="/withdraw/")),
    path("withdraw/", WithdrawalPageView.as_view(), name="withdraw"),
    path("withdraw/confirm/", WithdrawalConfirmPageView.as_view(), name="withdraw-confirm"),
    path("appeal", RedirectView.as_view(url="/appeal/", query_string=True)),
    path("appeal/", AppealPageView.as_view(), name="appeal"),
    path("appeal/confirm/", AppealConfirmPageView.as_view(), name="appeal-confirm"),
    path("reset-password", RedirectView.as_view(url="/reset-password/")),
    path("reset-password/", PasswordResetPageView.as_view(), name="reset-password"),
    path("reset-password/confirm/", PasswordResetConfirmPageView.as_view(), name="reset-password-confirm"),
]
if settings.API_DOCS:
    urlpatterns += [
        path("api/v1/schema/", schema, name="schema"),
        path("docs/", SwaggerView.as_view(url_name="schema"), name="docs"),
        path("docs", RedirectView.as_view(url="/docs/")),
        path("docs/android/schema", schema, {"generator": AppGenerator}, name="android-schema"),
        path("docs/android/", SwaggerView.as_view(url_name="android-schema", title=INFO["title"]), name="android-docs"),
        path("docs/android", RedirectView.as_view(url="/docs/android/")),
        path("", RedirectView.as_view(url="/docs/")),
    ]
if not settings.STORAGE_BUCKET:
    urlpatterns += [path("pictures/<path:name>", local_views.serve_image)]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
