"""What this room refuses, and how it says so."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, NotAuthenticated


class TokenInvalid(APIException):
    """The token is broken, of another kind, for another door, or not signed by us."""

    status_code = 401
    default_code = "token_invalid"
    default_detail = _("This token is not valid. Sign in again.")
    auth_header = 'Bearer error="invalid_token"'


class TokenExpired(TokenInvalid):
    """The token was ours and its time is over: an access token is renewed, a refresh token means signing in."""

    default_code = "token_expired"
    default_detail = _("This token has expired.")


class SessionEnded(TokenInvalid):
    """The login session is over: logged out, ended from elsewhere, suspended, withdrawn, or too old."""

    default_code = "session_ended"
    default_detail = _("This login session has ended. Sign in again.")


# What any operation can answer that needs a signed-in member.
CREDENTIAL_REFUSALS: tuple[type[APIException], ...] = (NotAuthenticated, TokenInvalid, TokenExpired, SessionEnded)


class CredentialsWrong(APIException):
    """E-mail and password do not open an account; which of them is wrong is not said (ASVS 6.3.8)."""

    status_code = 401
    default_code = "credentials_wrong"
    default_detail = _("The e-mail address or the password is wrong.")
    auth_header = "Bearer"


class PasswordWrong(APIException):
    """A signed-in member confirmed a step with a wrong password."""

    status_code = 403
    default_code = "password_wrong"
    default_detail = _("The password is wrong.")


class TooManyGuesses(APIException):
    """So many wrong passwords that even the right one has to wait."""

    status_code = 429
    default_code = "too_many_guesses"
    default_detail = _("Too many wrong passwords. Wait a while before the next try.")

    def __init__(self, wait: int | None = None, detail: Any = None) -> None:
        super().__init__(detail)
        self.wait = wait


class CodeIncorrect(APIException):
    """The code is not the one that was mailed, or none was."""

    status_code = 400
    default_code = "code_incorrect"
    default_detail = _("This is not the code that was mailed to this address.")


class CodeExpired(APIException):
    """The code was right once; its time is over."""

    status_code = 400
    default_code = "code_expired"
    default_detail = _("This code has expired. Ask for a new one.")


class CodeUsedUp(APIException):
    """Too many wrong guesses were made on this code."""

    status_code = 400
    default_code = "code_used_up"
    default_detail = _("Too many wrong guesses. Ask for a new code.")


class ProofInvalid(APIException):
    """The proof of an address is broken, too old, or was used by a sign-up."""

    status_code = 400
    default_code = "proof_invalid"
    default_detail = _("The address has to be confirmed again: ask for a new code.")


class EmailTaken(APIException):
    """A member has this address already; only its owner, who proved it, learns that."""

    status_code = 409
    default_code = "email_taken"
    default_detail = _("There is a member with this e-mail address. Sign in instead.")


class TermsOutdated(APIException):
    """A sign-up accepted terms that are not the present ones."""

    status_code = 400
    default_code = "terms_outdated"
    default_detail = _("Accept the present version of the terms; /api/v1/config names it.")


class ExportOnceADay(APIException):
    """The last export is younger than a day; its file, if it is still there, holds nearly the same."""

    status_code = 429
    default_code = "export_once_a_day"
    default_detail = _("You can have a copy of your data made once a day. Fetch the last one, or ask again later.")

    def __init__(self, wait: int | None = None, detail: Any = None) -> None:
        super().__init__(detail)
        self.wait = wait


class ExportNotThere(APIException):
    """An export whose file is not made yet, could not be made, or is deleted already."""

    status_code = 409
    default_code = "export_not_there"
    default_detail = _("This copy has no file: not yet, or not any more. Its state says which.")


class TermsNotAccepted(APIException):
    """The terms are newer than what the member accepted; until they do they may read, leave, and part from others."""

    status_code = 403
    default_code = "terms_not_accepted"
    default_detail = _("The terms have changed. Accept the present version first; /api/v1/config names it.")


class NotOneself(APIException):
    """Nobody follows or blocks themselves."""

    status_code = 400
    default_code = "not_oneself"
    default_detail = _("You cannot do this to yourself.")
