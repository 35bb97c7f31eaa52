"""URLs of accounts, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (makes <id:...> known)
from accounts.credentials.views import CredentialsViewSet, PasswordResetViewSet
from accounts.exports.views import ExportViewSet
from accounts.profiles.views.follows_and_blocks import BlockViewSet, FollowViewSet, MemberFollowViewSet, MuteViewSet
from accounts.profiles.views.me import MeViewSet
from accounts.profiles.views.members import MemberViewSet
from accounts.sessions.views import SessionViewSet
from accounts.signup.views import VerificationCodeViewSet
from accounts.withdrawal.views import WithdrawalViewSet

urlpatterns = [
    path("verification-codes", VerificationCodeViewSet.as_view({"post": "create"})),
    path("verification-codes/confirm", VerificationCodeViewSet.as_view({"post": "confirm"})),
    path("members", MemberViewSet.as_view({"get": "list", "post": "create"})),
    path("password-resets", PasswordResetViewSet.as_view({"post": "create"})),
    path("password-resets/confirm", PasswordResetViewSet.as_view({"post": "confirm"})),
    path("members/<id:member_id>", MemberViewSet.as_view({"get": "retrieve"})),
    path("members/<id:member_id>/followers", MemberFollowViewSet.as_view({"get": "followers"})),
    path("members/<id:member_id>/following", MemberFollowViewSet.as_view({"get": "following"})),
    path("sessions", SessionViewSet.as_view({"get": "list", "post": "create"})),
    path("sessions/refresh", SessionViewSet.as_view({"post": "refresh"})),
    path("sessions/current", SessionViewSet.as_view({"delete": "log_out"})),
    path("sessions/end-others", SessionViewSet.as_view({"post": "end_others"})),
    path("sessions/<id:session_id>", SessionViewSet.as_view({"delete": "destroy"})),
    path("me", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("me/avatar", MeViewSet.as_view({"put": "set_avatar", "delete": "delete_avatar"})),
    path("me/withdrawal", WithdrawalViewSet.as_view({"post": "create"})),
    path("me/exports", ExportViewSet.as_view({"get": "list", "post": "create"})),
    path("me/exports/<id:export_id>", ExportViewSet.as_view({"get": "retrieve"})),
    path("me/exports/<id:export_id>/file", ExportViewSet.as_view({"get": "download"})),
    path("me/withdrawal/code", WithdrawalViewSet.as_view({"post": "request_code"})),
    path("me/terms", MeViewSet.as_view({"post": "accept_terms"})),
    path("me/password", CredentialsViewSet.as_view({"post": "change_password"})),
    path("me/email", CredentialsViewSet.as_view({"post": "request_email_change"})),
    path("me/email/confirm", CredentialsViewSet.as_view({"post": "change_email"})),
    path("follows/<id:member_id>", FollowViewSet.as_view({"put": "update", "delete": "destroy"})),
    path("blocks", BlockViewSet.as_view({"get": "list"})),
    path("mutes", MuteViewSet.as_view({"get": "list"})),
    path("mutes/<id:member_id>", MuteViewSet.as_view({"put": "update", "delete": "destroy"})),
    path("blocks/<id:member_id>", BlockViewSet.as_view({"put": "update", "delete": "destroy"})),
]
