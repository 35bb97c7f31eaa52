"""How an e-mail address is written, so that one mailbox is one member."""

import unicodedata

# RFC 5321, 4.5.3.1.3, less the brackets around it. Characters.
EMAIL_MAX_LENGTH = 254


def normalise_email(email: str) -> str:
    """The address as we keep and look it up: no spaces around it, NFKC, lower case, the domain as mail reads it.

    It costs the square of the length, so what a stranger sends is measured before.
    """
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).lower().rpartition("@")
    return f"{local}{at}{_as_read(domain)}"


def is_unambiguous_email(email: str) -> bool:
    """Whether a normalised address is the only way to write its mailbox, at a domain that mail can go to.

    A quoted local part (RFC 5321, 4.1.2) may be written with and without quotes and backslashes; nobody's is. An
    address literal would have our mail server call at any machine.
    """
    local, _, domain = email.rpartition("@")
    return '"' not in local and not domain.startswith("[") and _is_domain(domain)


def _as_read(domain: str) -> str:
    """The domain after IDNA (RFC 3490), as which letters are sent: it skips what nobody sees, and knows other dots."""
    return domain.encode("idna").decode("idna") if _is_domain(domain) else domain


def _is_domain(domain: str) -> bool:
    try:
        domain.encode("idna").decode("idna")
    except UnicodeError:
        return False
    return True
