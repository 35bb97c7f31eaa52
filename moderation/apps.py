"""The room of moderation."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """What members hold against each other, and what came of it."""

    name = "moderation"

    def ready(self) -> None:
        """Tell the room of members what this one does when a member is erased, and whom it does not let in again."""
        from accounts import erasure
        from accounts.credentials import change_credentials
        from accounts.exports import contents
        from accounts.signup import registration
        from moderation.erasure import erase_from_reports, ban_former_address
        from moderation.models import BannedAddress
        from moderation.reporting import export_reports

        # Before the posts go: what was reported of them is let go of first.
        erasure.register(5, erase_from_reports)
        contents.register(40, "reports", export_reports)
        registration.refuse_if(BannedAddress.objects.holds)
        # Or moving to another address first, and leaving then, would shed the ban.
        change_credentials.when_left(ban_former_address)
