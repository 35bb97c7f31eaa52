"""The second factor of staff: codes of an authenticator app (TOTP, RFC 6238), and recovery codes."""

import secrets
from base64 import b32encode
from datetime import timedelta
from typing import Any

import django_otp
import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Member, SecurityEvent

RECOVERY_CODES = 10
# Without letters and digits that look alike; ten of them are 49 bits.
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_LENGTH = 10
# After so many wrong codes an e-mail tells the member that somebody who knows the password guesses codes. The pause
# does not grow any more: nobody who knows the password locks the member out longer.
COUNTED_FAILURES = 10
LONGEST_PAUSE = timedelta(seconds=2 ** (COUNTED_FAILURES - 1))


def is_satisfied(request: HttpRequest) -> bool:
    """Whether this login has shown a second factor, or needs none here."""
    user: Any = request.user
    return not settings.ADMIN_SECOND_FACTOR or bool(user.is_verified())


def has_second_factor(member: Member) -> bool:
    """Whether the member has set one up."""
    return bool(TOTPDevice.objects.devices_for_user(member, confirmed=True).exists())


@transaction.atomic
def begin_setup(member: Member, device_id: int | None) -> TOTPDevice:
    """Return the device that this login sets up: the one with this id, as long as no other login has begun.

    Each login has a key of its own, so that whoever knew the password for a while does not know the key of later.
    """
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    pending = TOTPDevice.objects.devices_for_user(member, confirmed=False)
    device: TOTPDevice | None = pending.filter(pk=device_id).first()
    if device is None:
        pending.delete()
        device = TOTPDevice.objects.create(user=member, confirmed=False)
    return device


@transaction.atomic
def confirm_setup(member: Member, code: str, device_id: int | None) -> tuple[TOTPDevice, list[str]] | None:
    """Confirm the set-up of a device by a code of the app; returns it and the recovery codes, None for a wrong code.

    The codes are shown once: only their digests are stored. An e-mail tells the member.
    """
    # Locked, so that two set-ups at a time do not make two devices.
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    pending = TOTPDevice.objects.devices_for_user(member, confirmed=False)
    device = pending.select_for_update().filter(pk=device_id).first()
    if device is None or has_second_factor(member) or not device.verify_token(code):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    SecurityEvent.objects.record_and_notify(member, SecurityEvent.SECOND_FACTOR_SET)
    return device, _replace_recovery_codes(member)


@transaction.atomic
def verify(member: Member, code: str) -> Any:
    """Return the device that accepts the code, of the app or a recovery code; None if none does.

    After each wrong code the device refuses further ones for a while, which doubles (django-otp), up to LONGEST_PAUSE.
    After COUNTED_FAILURES in a row an e-mail tells the member, once.
    """
    typed = "".join(code.split()).replace("-", "").lower()
    if typed.isascii() and typed.isdigit() and len(typed) == 6:
        devices, tokens = TOTPDevice.objects.devices_for_user(member, confirmed=True), [typed]
    else:
        devices, tokens = StaticDevice.objects.devices_for_user(member, confirmed=True), _recovery_digests(typed)
    # Locked, so that of several wrong codes at a time one is the last that is counted.
    device = devices.select_for_update().first()
    if device is None:
        return None
    known = StaticToken.objects.filter(device__user=member, token__in=tokens).values_list("token", flat=True).first()
    verified = django_otp.verify_token(member, device.persistent_id, known or tokens[0])
    if verified is None:
        _bound_failures(member, device)
    return verified


@transaction.atomic
def reset_second_factor(member: Member) -> bool:
    """Delete the member's second factor, so that the next login sets a new one up; False if there was none.

    Logins that have shown it must show the new one. An e-mail tells the member.
    """
    devices = [*TOTPDevice.objects.filter(user=member), *StaticDevice.objects.filter(user=member)]
    had_one = any(device.confirmed for device in devices)
    for device in devices:
        device.delete()
    if had_one:
        SecurityEvent.objects.record_and_notify(member, SecurityEvent.SECOND_FACTOR_RESET)
    return had_one


def setup_key(device: TOTPDevice) -> str:
    """The key for typing, in groups of four."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def setup_qr_code(device: TOTPDevice) -> SafeString:
    """The QR code that an authenticator app scans, as inline SVG without styles, which the CSP allows."""
    qr_code = segno.make(device.config_url, error="m")
    return mark_safe(qr_code.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S308 - segno's own


def _bound_failures(member: Member, device: Any) -> None:
    """Count no more failures than COUNTED_FAILURES, and tell the member of the last; `device` was read before it."""
    before = device.throttling_failure_count
    # A code that came during a pause was not compared, and is not counted.
    device.refresh_from_db(fields=["throttling_failure_count"])
    if before < COUNTED_FAILURES <= device.throttling_failure_count:
        SecurityEvent.objects.record_and_notify(member, SecurityEvent.SECOND_FACTOR_GUESSED)
    elif device.throttling_failure_count > COUNTED_FAILURES:
        device.throttling_failure_count = COUNTED_FAILURES
        device.save(update_fields=["throttling_failure_count"])


def _replace_recovery_codes(member: Member) -> list[str]:
    StaticDevice.objects.filter(user=member).delete()
    device = StaticDevice.objects.create(user=member, confirmed=True)
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_recovery_digests(code)[0]) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _recovery_digests(code: str) -> list[str]:
    """Digests as StaticToken stores them, of 64 bits: under the current SECRET_KEY first, then under the fallbacks."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("accounts.recovery_code", code, secret=key).hexdigest()[:16] for key in keys]
