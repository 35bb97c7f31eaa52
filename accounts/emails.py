"""How an e-mail address is written, so that one mailbox is one member."""

import unicodedata

# RFC 5321, 4.5.3.1.3, less the brackets around it. Characters.
EMAIL_MAX_LENGTH = 254


def normalised(email: str) -> str:
    """The address as we keep and look it up: without spaces around it, NFKC, lower case.

    It costs the square of the length, so what a stranger sends is measured before.
    """
    return unicodedata.normalize("NFKC", email.strip()).lower()
