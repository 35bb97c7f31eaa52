"""The one table from our refusals to what the app can understand.

The app knows a short list of codes for each call, and a code outside of it is a crash inside the call. On refusals of
`member/*` and `post/*` it does not even look at the code: it renews its tokens, sends the request again, and looks at
that second answer. A renewal that is refused, whatever the reason, deletes the login on the phone; one that gets no
answer leaves it. So where nobody's login is at fault, the connection is closed instead (HANG_UP).
"""

from typing import Final

# HTTP status and code; None for no answer at all.
Told = tuple[int, str] | None
HANG_UP: Final = None
# Stands for every refusal that a call does not name: of the client's (4xx), and of ours (5xx).
ANY, FAULT = "any 4xx", "any 5xx"

COMMON: dict[str, Told] = {
    # Of the codes about tokens the calls of members know those of the renewal only; GLOBAL_103 would be a crash.
    "not_authenticated": (401, "AUTH_007"),
    "token_invalid": (401, "AUTH_007"),
    "session_ended": (401, "AUTH_007"),
    "token_expired": (401, "AUTH_008"),
    "not_found": (404, "GLOBAL_001"),
    "method_not_allowed": (405, "GLOBAL_003"),
    "too_many_requests": (429, "GLOBAL_006"),
    "too_many_guesses": (429, "GLOBAL_006"),
    "conflict": (409, "GLOBAL_006"),
    "not_the_member": (403, "GLOBAL_002"),
    "internal_error": (500, "GLOBAL_006"),
    "unavailable": HANG_UP,
    ANY: (400, "GLOBAL_002"),
    FAULT: (503, "GLOBAL_006"),
}
# Nobody is signed in here, so nobody's login can be lost by an answer.
_PUBLIC: dict[str, Told] = {"unavailable": (503, "GLOBAL_006")}
_OF_MEMBER: dict[str, Told] = {
    "not_the_member": (403, "MEMBER_005"),
    "not_found": (400, "MEMBER_005"),
    "not_oneself": (400, "MEMBER_005"),
}
CALLS: dict[str, dict[str, Told]] = {
    "emailVerificationCode": _PUBLIC,
    "confirmVerificationCode": _PUBLIC
    | {
        "code_incorrect": (401, "AUTH_003"),
        "code_expired": (401, "AUTH_004"),
        "code_used_up": (401, "AUTH_004"),
    },
    "join": _PUBLIC | {"email_taken": (400, "AUTH_000"), "proof_invalid": (400, "GLOBAL_006")},
    "login": _PUBLIC | {"credentials_wrong": (400, "AUTH_006")},
    # Any other code closes the app at every start, and so does no answer, which at least leaves the login.
    "verifyAccessToken": {"token_expired": (400, "GLOBAL_104"), ANY: (400, "GLOBAL_103"), FAULT: HANG_UP},
    "reissueToken": {
        "token_expired": (401, "AUTH_008"),
        # Two requests met in the database: nothing is wrong with the token.
        "conflict": HANG_UP,
        ANY: (401, "AUTH_007"),
        FAULT: HANG_UP,
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


def told(call: str, refusal: str, status: int) -> Told:
    """What the app hears in this call of a refusal of ours, known by its code and status; HANG_UP for nothing at all.

    `call` is the name of the address in android.urls, or "" for one that is not there.
    """
    kind = FAULT if status >= 500 else ANY
    for table in (CALLS.get(call, {}), COMMON):
        for named in (refusal, kind):
            if named in table:
                return table[named]
    raise KeyError(refusal)
