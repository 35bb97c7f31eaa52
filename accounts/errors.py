"""API errors of accounts: each has a status, a stable code, and a sentence for people."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, NotAuthenticated


class TokenInvalid(APIException):
    """The token is malformed, of another type, for another audience, or not signed by us."""

    status_code = 401
    default_code = "token_invalid"
    default_detail = _("Your login is not valid. Log in again.")
    auth_header = 'Bearer error="invalid_token"'


class TokenExpired(TokenInvalid):
    """The token is ours and has expired: refresh an expired access token, log in after an expired refresh token."""

    default_code = "token_expired"
    default_detail = _("Your login has expired. Renew it, or log in again.")


class SessionEnded(TokenInvalid):
    """The login session is over: logged out, ended from another device, suspended, withdrawn, or too old."""

    default_code = "session_ended"
    default_detail = _("You have been logged out. Log in again.")


# What any operation that needs a logged-in member can answer.
CREDENTIAL_REFUSALS: tuple[type[APIException], ...] = (NotAuthenticated, TokenInvalid, TokenExpired, SessionEnded)


class CredentialsWrong(APIException):
    """The e-mail address or the password is wrong, without saying which (ASVS 6.3.8)."""

    status_code = 401
    default_code = "credentials_wrong"
    default_detail = _("The e-mail address or the password is wrong.")
    auth_header = "Bearer"


class PasswordWrong(APIException):
    """A logged-in member confirmed a step with a wrong password."""

    status_code = 403
    default_code = "password_wrong"
    default_detail = _("The password is wrong.")


class TooManyGuesses(APIException):
    """Too many wrong passwords: even the right one is refused for `wait` seconds."""

    status_code = 429
    default_code = "too_many_guesses"
    default_detail = _("Too many wrong passwords. Wait a while, then try again.")

    def __init__(self, wait: int | None = None, detail: Any = None) -> None:
        super().__init__(detail)
        self.wait = wait


class PasswordResetRequired(APIException):
    """Too many wrong passwords in a row, over any time: only a password reset by e-mail helps."""

    status_code = 403
    default_code = "password_reset_required"
    default_detail = _("Too many wrong passwords in a row. Set a new password with a code that we send by e-mail.")


class CodeIncorrect(APIException):
    """The code is not the one that was e-mailed, or none was e-mailed."""

    status_code = 400
    default_code = "code_incorrect"
    default_detail = _("The code is wrong. Check it, or request a new one.")


class CodeExpired(APIException):
    """The code is right and has expired."""

    status_code = 400
    default_code = "code_expired"
    default_detail = _("This code has expired. Request a new one.")


class CodeUsedUp(APIException):
    """Too many wrong guesses were made at this code."""

    status_code = 400
    default_code = "code_used_up"
    default_detail = _("Too many wrong codes. Request a new one.")


class ProofInvalid(APIException):
    """The proof of an e-mail address is malformed, has expired, or was used by a sign-up."""

    status_code = 400
    default_code = "proof_invalid"
    default_detail = _("The e-mail address has to be confirmed again. Request a new code.")


class EmailTaken(APIException):
    """The e-mail address belongs to a member; only somebody who proved that they read it learns that."""

    status_code = 409
    default_code = "email_taken"
    default_detail = _("This e-mail address already belongs to a member. Log in with it, or use another one.")


class TermsOutdated(APIException):
    """The terms that were accepted are not the current ones."""

    status_code = 400
    default_code = "terms_outdated"
    default_detail = _("The terms have changed. Read and accept the current version.")


class ExportOnceADay(APIException):
    """The last export is less than a day old; the next one may be requested in `wait` seconds."""

    status_code = 429
    default_code = "export_once_a_day"
    default_detail = _("You can request a copy of your data once a day. Download the last one, or try again later.")

    def __init__(self, wait: int | None = None, detail: Any = None) -> None:
        super().__init__(detail)
        self.wait = wait


class ExportNotThere(APIException):
    """The export has no file: it is not ready, has failed, or has expired."""

    status_code = 409
    default_code = "export_not_there"
    default_detail = _("There is no file to download: this copy is not ready, or it has been deleted.")


class TermsNotAccepted(APIException):
    """The member has not accepted the current terms; until then they may read, withdraw, and block others."""

    status_code = 403
    default_code = "terms_not_accepted"
    default_detail = _("The terms have changed. Read and accept the current version before you go on.")


class TextRefused(APIException):
    """A text contains a word that nobody may publish; which one it is, is not told."""

    status_code = 400
    default_code = "text_refused"
    default_detail = _("This contains words that are not allowed here. Write it in other words.")


class TooManyFollows(APIException):
    """The member follows as many members as settings.FOLLOWS_MAX allows."""

    status_code = 400
    default_code = "too_many_follows"
    default_detail = _("You follow as many people as is possible. Unfollow somebody first.")


class NotOneself(APIException):
    """Members cannot follow or block themselves."""

    status_code = 400
    default_code = "not_oneself"
    default_detail = _("You cannot do this to yourself.")


class SignUpClosed(APIException):
    """Operators have closed the sign-up for a while."""

    status_code = 503
    default_code = "sign_up_closed"
    default_detail = _("Nobody can sign up at the moment. Try again later.")
    # The Retry-After header. Seconds.
    wait = 600
