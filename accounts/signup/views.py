"""/verification-codes and POST /members: verification of the e-mail address, then sign-up."""

from django.db import transaction
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.code_requests import CODE_LIMITS, GUESS_LIMITS, count_wrong_codes, network_of_request, request_code
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp, EmailTaken, ProofInvalid, TermsOutdated, TextRefused
from accounts.models import VerificationCode
from accounts.openapi_examples import DEVICE_SECRET, PAIR, TICKET
from accounts.sessions import token_rotation
from accounts.sessions.authentication import V1_AUDIENCE
from accounts.sessions.devices import make_device_secret
from accounts.sessions.representations import token_pair_representation
from accounts.sessions.serializers import NewLoginSerializer
from accounts.signup import registration
from accounts.signup.serializers import (
    SignUpSerializer,
    TicketConfirmationSerializer,
    TicketSerializer,
    VerificationCodeSerializer,
    VerificationProofSerializer,
)
from accounts.switches import SIGN_UP
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.throttles import enforce_address_limit, rate_limit

PROOF = {"proof": "eyJpZCI6MTIsIm5vbmNlIjoiM2YifQ:1wAbCd:c2lnbmF0dXJl", "expires_at": "2026-11-24T09:30:00Z"}

SIGN_UP_EXAMPLE = {
    "proof": "eyJpZCI6MTIsIm5vbmNlIjoiM2YifQ:1wAbCd:c2lnbmF0dXJl",
    "password": "a long enough password",
    "name": "Kim Mina",
    "nickname": "Mina",
    "terms_version": "2026-11-01",
    "device": "Mina's phone",
}


class VerificationCodeViewSet(StrictViewSet):
    """Requests and confirms codes."""

    @operation(
        id="request_verification_code",
        public=True,
        summary="Request a verification code",
        description="The response is the same for every address; the e-mail depends on whether a member has it. The "
        "code is valid for five minutes from sending, whatever is requested afterwards.",
        request=VerificationCodeSerializer,
        responses={202: OpenApiResponse(TicketSerializer, description="The e-mail is on its way.")},
        examples=[request_example({"email": "mina@example.com"}), response_example(TICKET, 202)],
        rate_limits=CODE_LIMITS,
        switches=[SIGN_UP],
    )
    def create(self, request: Request) -> Response:
        """Request a code."""
        email = self.validated_data()["email"]
        return Response({"ticket": request_code(request, email, VerificationCode.SIGN_UP)}, status=202)

    @operation(
        id="confirm_verification_code",
        public=True,
        summary="Confirm a code",
        description="A code is valid for five guesses of the request with this ticket. A confirmed code can be "
        "confirmed again until it expires. The proof is valid for 30 minutes, and for one successful sign-up.",
        request=TicketConfirmationSerializer,
        responses=VerificationProofSerializer,
        examples=[request_example({"email": "mina@example.com", "code": "H7KM4QXP"} | TICKET), response_example(PROOF)],
        rate_limits=GUESS_LIMITS,
        errors=[CodeIncorrect, CodeExpired, CodeUsedUp],
    )
    def confirm(self, request: Request) -> Response:
        """Exchange the code for a proof."""
        data = self.validated_data()
        requester = {"network": network_of_request(request), "ticket": data["ticket"]}
        with count_wrong_codes(request):
            proof, expires_at = VerificationCode.objects.confirm(
                data["email"], VerificationCode.SIGN_UP, data["code"], **requester
            )
        return Response({"proof": proof, "expires_at": expires_at})


class SignUpMixin(StrictViewSet):
    """The action of POST /members, for the viewset of /members."""

    @operation(
        id="sign_up",
        public=True,
        summary="Sign up",
        description="Creates the member and logs this device in. After a refused sign-up the proof is still valid.",
        request=SignUpSerializer,
        responses={201: NewLoginSerializer},
        examples=[request_example(SIGN_UP_EXAMPLE), response_example(PAIR | {"device_secret": DEVICE_SECRET}, 201)],
        rate_limits=[rate_limit("sign-up-address", on_arrival=False)],
        errors=[ProofInvalid, TermsOutdated, EmailTaken, TextRefused],
        switches=[SIGN_UP],
    )
    def create(self, request: Request) -> Response:
        """Sign up and log in."""
        data = self.validated_data()
        enforce_address_limit("sign-up-address", request)
        device = data.pop("device")
        with transaction.atomic():
            member = registration.sign_up(**data, language=get_language() or "en")
            pair = token_rotation.start_session(
                member, audience=V1_AUDIENCE, device=device, network=coarse_network_of(client_address(request))
            )
        secret = make_device_secret(member, None)
        return Response(token_pair_representation(pair) | {"device_secret": secret}, status=201)
