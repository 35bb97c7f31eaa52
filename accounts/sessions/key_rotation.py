"""The three steps that replace the key of tokens without logging anybody out. Keys are "name:key", as in JWT_KEYS."""

import base64
import secrets
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# Bytes of a key for HS256; RFC 7518, 3.2 asks for 32 at least.
HS256_BYTES = 48


def add_key(keys: list[str], algorithm: str, today: date) -> list[str]:
    """Step 1: add a new key at the end, so that all processes can verify it before one signs with it."""
    names, name = {key_name(key) for key in keys}, f"{today:%Y-%m-%d}"
    # A second key on one day.
    while name in names:
        name += "a"
    return [*keys, f"{name}:{_new_key(algorithm)}"]


def use_newest_key(keys: list[str]) -> list[str]:
    """Step 2: let the last key sign."""
    return [keys[-1], *keys[:-1]]


def retire_old_keys(keys: list[str]) -> list[str]:
    """Step 3: keep the key that signs alone."""
    return keys[:1]


def key_name(key: str) -> str:
    """Return the name of a key, which is no secret."""
    return key.partition(":")[0]


def _new_key(algorithm: str) -> str:
    if algorithm.startswith("HS"):
        return secrets.token_urlsafe(HS256_BYTES)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(pem).decode()
