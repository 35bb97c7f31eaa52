"""URLs of the app, as they are built into it: no version, no trailing slash.

The names are those of the calls in android.error_codes.
"""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (makes <id:...> known)
from android.views.auth import AuthViewSet
from android.views.members import AppAvatarViewSet, AppMemberViewSet
from android.views.posts import AppPostViewSet

urlpatterns = [
    path("post/posts", AppPostViewSet.as_view({"get": "feed"}), name="posts"),
    path("post/posts/<id:member_id>", AppPostViewSet.as_view({"get": "author_feed"}), name="memberPosts"),
    path("post/registerPost", AppPostViewSet.as_view({"post": "register"}), name="registerPost"),
    path("post/delete/<id:post_id>", AppPostViewSet.as_view({"delete": "delete"}), name="deletePost"),
    path("member/profile", AppMemberViewSet.as_view({"get": "profile"}), name="profile"),
    path("member/uploadAvatar", AppAvatarViewSet.as_view({"post": "upload"}), name="uploadAvatar"),
    path("member/block", AppMemberViewSet.as_view({"post": "block"}), name="block"),
    path("member/unblock", AppMemberViewSet.as_view({"post": "unblock"}), name="unblock"),
    path("member/getBlockingMembers", AppMemberViewSet.as_view({"get": "blocking"}), name="getBlockingMembers"),
    path("member/report", AppMemberViewSet.as_view({"post": "report"}), name="report"),
    path("member/delete/<id:member_id>", AppMemberViewSet.as_view({"delete": "leave"}), name="deleteMember"),
    path("auth/emailVerificationCode", AuthViewSet.as_view({"post": "request_code"}), name="emailVerificationCode"),
    path("auth/confirmVerificationCode", AuthViewSet.as_view({"post": "confirm_code"}), name="confirmVerificationCode"),
    path("auth/join", AuthViewSet.as_view({"post": "join"}), name="join"),
    path("auth/login", AuthViewSet.as_view({"post": "login"}), name="login"),
    path("auth/verifyAccessToken", AuthViewSet.as_view({"get": "verify"}), name="verifyAccessToken"),
    path("auth/reissueToken", AuthViewSet.as_view({"post": "renew"}), name="reissueToken"),
    path("auth/logout", AuthViewSet.as_view({"post": "logout"}), name="logout"),
]
