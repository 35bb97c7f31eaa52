"""/withdraw/: web pages on which members withdraw without the app and the password, as the app stores require."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.code_pages import CodePageView, ConfirmCodePageView, RequestCodePageView
from accounts.code_requests import network_of_request
from accounts.models import VerificationCode
from accounts.withdrawal import withdraw


class WithdrawalMixin(CodePageView):
    """What both pages have in common."""

    folder = "accounts/withdrawal"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number of days in which a withdrawal can be cancelled."""
        return super().get_context_data(**kwargs) | {"days": settings.WITHDRAWAL_GRACE_DAYS}


class WithdrawalPageView(WithdrawalMixin, RequestCodePageView):
    """Ask for the e-mail address."""

    purpose = VerificationCode.WITHDRAW_PAGE


class WithdrawalConfirmPageView(WithdrawalMixin, ConfirmCodePageView):
    """Ask for the code from the e-mail, and withdraw."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the first page."""
        return redirect("withdraw")

    def use_code(self, data: dict[str, Any]) -> None:
        """Withdraw."""
        withdraw.withdraw_by_email(
            data["email"], data["code"], network=network_of_request(self.request), ticket=data["ticket"]
        )
