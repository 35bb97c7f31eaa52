"""The table that translates error codes of v1 into those that the app knows.

The app knows a short list of codes for each call; a code outside of it crashes the call. After an error of `member/*`
or `post/*` it does not look at the code: it renews its tokens, sends the request again, and looks at the second
response. A renewal that is refused, for whatever reason, deletes the login on the phone; one without a response keeps
it. So where the login is not at fault, the connection is closed instead (CLOSE_CONNECTION).
"""

from typing import Final

# HTTP status and code; None for no response.
AppError = tuple[int, str] | None
CLOSE_CONNECTION: Final = None
# Every error that a call does not name: the client's (4xx) and the server's (5xx).
ANY_4XX, ANY_5XX = "any 4xx", "any 5xx"

COMMON: dict[str, AppError] = {
    # Of the codes about tokens, the `member` calls know only those of the renewal; GLOBAL_103 would crash them.
    "not_authenticated": (401, "AUTH_007"),
    "token_invalid": (401, "AUTH_007"),
    "session_ended": (401, "AUTH_007"),
    "token_expired": (401, "AUTH_008"),
    "not_found": (404, "GLOBAL_001"),
    "method_not_allowed": (405, "GLOBAL_003"),
    "too_many_requests": (429, "GLOBAL_006"),
    "too_many_guesses": (429, "GLOBAL_006"),
    "password_reset_required": (429, "GLOBAL_006"),
    "conflict": (409, "GLOBAL_006"),
    "not_the_member": (403, "GLOBAL_002"),
    "internal_error": (500, "GLOBAL_006"),
    "unavailable": CLOSE_CONNECTION,
    # Nobody is there, and an upload whose repeat has to wait: a response would make the app renew its tokens.
    "client_disconnected": CLOSE_CONNECTION,
    "idempotency_running": CLOSE_CONNECTION,
    ANY_4XX: (400, "GLOBAL_002"),
    ANY_5XX: (503, "GLOBAL_006"),
}
# These calls are made without a login, so no response can delete one.
_PUBLIC: dict[str, AppError] = {"unavailable": (503, "GLOBAL_006")}
_OF_MEMBER: dict[str, AppError] = {
    "not_the_member": (403, "MEMBER_005"),
    "not_found": (400, "MEMBER_005"),
    "not_oneself": (400, "MEMBER_005"),
}
CALLS: dict[str, dict[str, AppError]] = {
    "emailVerificationCode": _PUBLIC,
    "confirmVerificationCode": _PUBLIC
    | {
        "code_incorrect": (401, "AUTH_003"),
        "code_expired": (401, "AUTH_004"),
        "code_used_up": (401, "AUTH_004"),
    },
    "join": _PUBLIC | {"email_taken": (400, "AUTH_000"), "proof_invalid": (400, "GLOBAL_006")},
    "login": _PUBLIC | {"credentials_wrong": (400, "AUTH_006")},
    # Any other code closes the app at every start; so does no response, which at least keeps the login.
    "verifyAccessToken": {
        "token_expired": (400, "GLOBAL_104"),
        ANY_4XX: (400, "GLOBAL_103"),
        ANY_5XX: CLOSE_CONNECTION,
    },
    "reissueToken": {
        "token_expired": (401, "AUTH_008"),
        # Two requests at once: nothing is wrong with the token.
        "conflict": CLOSE_CONNECTION,
        ANY_4XX: (401, "AUTH_007"),
        ANY_5XX: CLOSE_CONNECTION,
    },
    "logout": {
        "not_authenticated": (401, "AUTH_010"),
        "token_invalid": (401, "AUTH_010"),
        "session_ended": (401, "AUTH_010"),
        "token_expired": (400, "GLOBAL_104"),
    },
    "uploadAvatar": {
        "not_an_image": (400, "MEMBER_004"),
        "image_too_many_pixels": (400, "MEMBER_004"),
        "image_too_large": (400, "GLOBAL_008"),
        "quota_exceeded": (400, "MEMBER_002"),
        "storage_unavailable": (400, "MEMBER_002"),
        "busy": (400, "MEMBER_003"),
    },
    "block": _OF_MEMBER | {"already_blocking": (400, "MEMBER_006")},
    "unblock": _OF_MEMBER,
    "getBlockingMembers": _OF_MEMBER,
    "report": {"not_found": (400, "GLOBAL_002")},
    "deleteMember": _OF_MEMBER,
    "registerPost": {
        "not_the_member": (403, "POST_000"),
        "not_an_image": (400, "POST_001"),
        "image_too_many_pixels": (400, "POST_001"),
        "image_too_large": (400, "GLOBAL_008"),
        "quota_exceeded": (400, "POST_002"),
        "storage_unavailable": (400, "POST_002"),
        "busy": (400, "POST_002"),
    },
    "deletePost": {"not_found": (400, "POST_004"), "not_yours": (400, "POST_004")},
}


def app_error_for(call: str, error_code: str, status: int) -> AppError:
    """Return the status and code of the app for an error of this call, or CLOSE_CONNECTION.

    `call` is the URL's name in android.urls, or "" for an unknown path; `error_code` and `status` are those of v1.
    """
    kind = ANY_5XX if status >= 500 else ANY_4XX
    for table in (CALLS.get(call, {}), COMMON):
        for name in (error_code, kind):
            if name in table:
                return table[name]
    raise KeyError(error_code)
