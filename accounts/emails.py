"""How an e-mail address is written, so that one mailbox is one member."""

import unicodedata


def normalised(email: str) -> str:
    """The address as we keep and look it up: without spaces around it, NFKC, lower case."""
    return unicodedata.normalize("NFKC", email.strip()).lower()
