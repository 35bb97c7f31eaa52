"""E-mail addresses: normalised, so that one mailbox is one member, and refused where SMTP would deliver elsewhere."""

import re
import unicodedata

import regex

# RFC 5321, 4.5.3.1.3, less the brackets around it. Characters.
EMAIL_MAX_LENGTH = 254
# Names that no public mail server has: IANA's special-use domain names (RFC 6761 and later) without "example", those
# that ICANN does not delegate, and those of local networks. The mail server would look them up in its own network.
LOCAL_DOMAINS = frozenset(
    {"alt", "arpa", "internal", "invalid", "local", "localhost", "onion", "test"}
    | {"corp", "home", "mail"}
    | {"intranet", "lan", "localdomain", "private"}
)
# White space, and marks that nobody sees and that phones put around an address that people copy.
_AROUND = regex.compile(r"^[\s\p{Default_Ignorable_Code_Point}]+|[\s\p{Default_Ignorable_Code_Point}]+$")
GMAIL = ("gmail.com", "googlemail.com")
# IDNA 2003, which Python has, replaces or removes these, IDNA 2008 does not (Unicode UTS 46, 2.2): the domain without
# them is another one. The final sigma is too, but registries give both domains to one holder.
_DEVIATIONS = frozenset("ß\u200c\u200d")
# Dot-atoms (RFC 5322, 3.2.3). Quoted local parts (RFC 5321, 4.1.2) have several spellings and are not used in practice.
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# A public domain has a dot, and its last label no digits unless it is encoded (RFC 3696, 2); so it is no IP address.
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})")


def normalise_email(email: str) -> str:
    """Return the address as it is stored and looked up: trimmed, NFKC, lower case, the domain after IDNA.

    The cost grows with the square of the length, so callers check the length first.
    """
    local, at, domain = unicodedata.normalize("NFKC", _AROUND.sub("", email)).lower().rpartition("@")
    return f"{local}{at}{_after_idna(domain)}"


def parse_email(typed: str) -> str:
    """Return the normalised address, to which SMTP delivers exactly as it is. Raises ValueError for any other.

    The local part is ASCII as typed: others need SMTPUTF8 (RFC 6531) or fold to letters that were not typed. What looks
    like an encoded word (RFC 2047) is decoded on the way to the mail server, and is another spelling of a mailbox.
    """
    if len(typed) > EMAIL_MAX_LENGTH:
        raise ValueError("too long")
    email, (typed_local, _, typed_domain) = normalise_email(typed), _AROUND.sub("", typed).rpartition("@")
    local, _, domain = email.rpartition("@")
    if not typed_local.isascii() or "=?" in local or not _LOCAL_PART.fullmatch(local):
        raise ValueError("no local part that is delivered as it is")
    # A local part may be longer than 64 octets, which is what a server has to take at least (RFC 5321, 4.5.3.1).
    if len(email) > EMAIL_MAX_LENGTH or not _is_public_domain(domain) or _DEVIATIONS & set(typed_domain.lower()):
        raise ValueError("too long, or no public domain")
    return email


def mailbox_of(email: str) -> str:
    """Return what all spellings of a normalised address have in common that many mail servers deliver to one mailbox.

    For counting only: sub-addresses (RFC 5233) are left out, and dots of the local part, which Gmail ignores.
    """
    local, _, domain = email.rpartition("@")
    user = local.partition("+")[0] or local
    return f"{user.replace('.', '')}@{GMAIL[0] if domain in GMAIL else domain}"


def is_alias(email: str) -> bool:
    """Return whether a normalised address is one of endlessly many spellings that reach the same mailbox."""
    local, _, domain = email.rpartition("@")
    return "+" in local or (domain in GMAIL and email != mailbox_of(email))


def _is_public_domain(domain: str) -> bool:
    encoded = _to_ascii(domain)
    match = _DOMAIN.fullmatch(encoded.lower()) if encoded else None
    return match is not None and len(match[0]) <= 253 and match[1] not in LOCAL_DOMAINS


def _after_idna(domain: str) -> str:
    """Return the domain after IDNA (RFC 3490), which removes invisible characters and replaces other dots."""
    return _to_ascii(domain).encode().decode("idna") if _to_ascii(domain) else domain


def _to_ascii(domain: str) -> str:
    """Return the domain as DNS and SMTP have it, or "" for what is none."""
    try:
        encoded = domain.encode("idna")
        encoded.decode("idna")
    except UnicodeError:
        return ""
    return encoded.decode("ascii")


def mask_email(email: str) -> str:
    """Return an e-mail address of which only the first letter and the domain are left."""
    local, _, host = email.rpartition("@")
    return f"{local[:1]}***@{host}"
