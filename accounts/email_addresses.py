"""Normalisation of e-mail addresses, so that one mailbox is one member."""

import unicodedata

# RFC 5321, 4.5.3.1.3, less the brackets around it. Characters.
EMAIL_MAX_LENGTH = 254


def normalise_email(email: str) -> str:
    """Return the address as it is stored and looked up: trimmed, NFKC, lower case, the domain after IDNA.

    The cost grows with the square of the length, so callers check the length first.
    """
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).lower().rpartition("@")
    return f"{local}{at}{_after_idna(domain)}"


def is_unambiguous_email(email: str) -> bool:
    """Return whether a normalised address is the only spelling of its mailbox, at a domain that can receive e-mail.

    Quoted local parts (RFC 5321, 4.1.2) have several spellings and are not used in practice. Address literals would let
    strangers choose the machine that our mail server connects to.
    """
    local, _, domain = email.rpartition("@")
    return '"' not in local and not domain.startswith("[") and _is_domain(domain)


def _after_idna(domain: str) -> str:
    """Return the domain after IDNA (RFC 3490), which removes invisible characters and replaces other dots."""
    return domain.encode("idna").decode("idna") if _is_domain(domain) else domain


def _is_domain(domain: str) -> bool:
    try:
        domain.encode("idna").decode("idna")
    except UnicodeError:
        return False
    return True
