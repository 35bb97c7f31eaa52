"""Send an e-mail, to see whether they arrive."""

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import CommandParser

from accounts.email_addresses import parse_email
from libs.commands.base import CommandError, OperatorCommand
from libs.commands.results import Result
from libs.email_delivery import DeliveryUncertain, EmailRefused, build_email

SUBJECT = "Heart to Heart: a test"
TEXT = "An operator has sent this to see whether e-mails arrive. If you do not know about it, ignore it."


class Command(OperatorCommand):
    """Sends at once and in this process: no job, and no rate of all e-mails."""

    help = "Send an e-mail to an address, in this process. The exit code says whether the mail server accepted it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address."""
        super().add_arguments(parser)
        parser.add_argument("email")

    def run(self, *, email: str, **options: Any) -> Result:
        """Send it."""
        try:
            message = build_email(SUBJECT, TEXT, f"<p>{TEXT}</p>", parse_email(email), "en")
        except ValueError as error:
            raise CommandError("This is no e-mail address that can be used.") from error
        try:
            get_connection(timeout=settings.EMAIL_TIMEOUT).send_messages([message])
        except (SMTPException, OSError, EmailRefused, DeliveryUncertain) as error:
            raise CommandError(f"Not accepted: {type(error).__name__}. manage.py doctor examines the login.") from error
        return Result({"sent": True}, "The mail server has accepted it. Look whether it arrives, and not as spam.")
