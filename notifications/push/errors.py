"""How sending a push message fails. No client sees these errors, so they have no status."""

from libs.outbox.errors import PermanentFailure


class AddressUnknown(Exception):
    """The device cannot be reached by this address any more: the app was uninstalled, or has a new one."""


class PushRefused(PermanentFailure):
    """FCM refuses a message for a reason that is ours, such as a wrong key: the address may be right, and is kept."""
