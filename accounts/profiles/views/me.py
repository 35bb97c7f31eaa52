"""/me: what only the member themselves may read and change."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import (
    CodeExpired,
    CodeIncorrect,
    CodeUsedUp,
    PasswordWrong,
    TermsOutdated,
    TooManyGuesses,
)
from accounts.models import Member, VerificationCode
from accounts.openapi_examples import MINA, OWN_PROFILE
from accounts.permissions import TermsAccepted
from accounts.profiles.profiles import own_profile
from accounts.profiles.serializers import (
    AvatarUpdateSerializer,
    OwnProfileSerializer,
    ProfileChangeSerializer,
    TermsAcceptanceSerializer,
)
from accounts.withdrawal import withdraw
from accounts.withdrawal.serializers import WithdrawalSerializer
from libs.api.conditional_requests import check_preconditions, compute_etag, etag_response
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import enforce_rate_limit, rate_limit
from media.errors import ImageNotUsable


class MeViewSet(StrictViewSet):
    """The member who asks."""

    def me(self) -> Member:
        """The asker, loaded; gone when erased in this very second."""
        return get_object_or_404(Member, pk=self.member.pk)

    def as_read(self) -> Member:
        """The asker, locked for a change; raises PreconditionFailed when the profile is not what they have read."""
        # Not the key: posts and pictures of theirs may be made meanwhile.
        member: Member = get_object_or_404(Member.objects.select_for_update(no_key=True), pk=self.member.pk)
        check_preconditions(self.request, lambda: own_profile(member))
        return member

    @operation(
        id="get_my_profile",
        summary="Read your own profile",
        responses=OwnProfileSerializer,
        examples=[response_example(OWN_PROFILE)],
        etag=True,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """With what nobody else sees."""
        return etag_response(request, own_profile(self.me()))

    @operation(
        id="update_my_profile",
        summary="Change your profile",
        description="Only what is sent is changed.",
        request=ProfileChangeSerializer,
        responses=OwnProfileSerializer,
        examples=[
            request_example({"nickname": "Mina", "about": "Two children, one garden."}),
            response_example(OWN_PROFILE),
        ],
        if_match=True,
    )
    def partial_update(self, request: Request) -> Response:
        """Name, nickname, a few words."""
        data = self.validated_data()
        with transaction.atomic():
            member = self.as_read()
            member.update(**data)
            shown = own_profile(member)
        return Response(shown, headers={"ETag": compute_etag(shown)})

    @operation(
        id="set_avatar",
        summary="Show yourself with a picture",
        description="Takes an uploaded picture that nothing shows yet; the one before it is deleted.",
        request=AvatarUpdateSerializer,
        responses=OwnProfileSerializer,
        examples=[request_example({"image_id": MINA["id"]}), response_example(OWN_PROFILE)],
        errors=[ImageNotUsable],
        if_match=True,
    )
    def put_avatar(self, request: Request) -> Response:
        """Put the avatar."""
        image_id = self.validated_data()["image_id"]
        with transaction.atomic():
            member = self.as_read()
            member.set_avatar(image_id)
        return Response(own_profile(member))

    @operation(
        id="delete_avatar",
        summary="Show yourself without a picture",
        responses={204: OpenApiResponse(description="It is gone.")},
        if_match=True,
    )
    def delete_avatar(self, request: Request) -> Response:
        """Take the avatar down; having none is a success too."""
        with transaction.atomic():
            self.as_read().remove_avatar()
        return Response(status=204)

    @operation(
        id="withdraw",
        summary="Withdraw",
        description="Hides everything of yours and signs you out everywhere, this second. After the days of grace all "
        "of it is erased for good; signing in before that restores it. Confirm with the password, or with a code.",
        request=WithdrawalSerializer,
        responses={204: OpenApiResponse(description="You are gone for everybody else.")},
        examples=[request_example({"password": "a long enough password"})],
        rate_limits=[rate_limit("password-member", by="member")],
        errors=[PasswordWrong, TooManyGuesses, CodeIncorrect, CodeExpired, CodeUsedUp],
        exempt_from=[TermsAccepted],
    )
    def withdraw(self, request: Request) -> Response:
        """Leave, with the password or a mailed code as confirmation."""
        data = self.validated_data()
        if "code" in data:
            withdraw.withdraw_with_code(self.me(), data["code"])
        else:
            withdraw.withdraw_with_password(self.me(), data["password"])
        return Response(status=204)

    @operation(
        id="request_withdrawal_code",
        summary="Have a code mailed to withdraw with",
        request=None,
        responses={202: OpenApiResponse(description="The letter is on its way.")},
        rate_limits=[rate_limit("code-address")],
        exempt_from=[TermsAccepted],
    )
    def ask_withdrawal_code(self, request: Request) -> Response:
        """For those who do not know their password any more."""
        member = self.me()
        enforce_rate_limit("code-email", member.email)
        VerificationCode.objects.request_code(member.email, VerificationCode.WITHDRAW, get_language() or "en", member)
        return Response(status=202)

    @operation(
        id="accept_terms",
        summary="Accept the terms",
        description="When the terms change, writing answers 403 `terms_not_accepted` until the present version is "
        "accepted. Accepting it twice changes nothing.",
        request=TermsAcceptanceSerializer,
        responses={204: OpenApiResponse(description="They are accepted.")},
        examples=[request_example({"version": "2026-11-01"})],
        errors=[TermsOutdated],
        exempt_from=[TermsAccepted],
    )
    def accept_terms(self, request: Request) -> Response:
        """Accept the present version."""
        self.me().accept_terms(self.validated_data()["version"])
        return Response(status=204)
