"""Delivery of e-mails by SMTP: which failures are final, and how long a mail server may take."""

import re
import smtplib
import socket
from contextlib import suppress
from email.charset import QP, Charset
from email.header import Header
from email.utils import make_msgid, parseaddr
from threading import Timer
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode

from libs.outbox.errors import PermanentFailure
from libs.outbox.lease import begin_irreversible_step

# Longest wait for the reply to a whole e-mail, and for the whole conversation, in units of EMAIL_TIMEOUT. Servers check
# an e-mail for spam before they reply to it (RFC 5321, 4.5.3.2.6).
DATA_REPLY_TIMEOUTS = 6
CONVERSATION_TIMEOUTS = 9
# The conversation ends within this part of the lease of a job, so that no other worker sends the same e-mail.
LEASE_PART = 0.75
# Longest wait for the reply to QUIT of a server that has accepted the e-mail. Seconds.
QUIT_SECONDS = 2
# Replies about our own login (RFC 4954, 6): an operator can correct it, so the e-mail is not lost.
LOGIN_REPLIES = (530, 534, 535, 538)

_LEADING_DOT = re.compile(rb"(?m)^\.")
# Every line is ASCII, so that no server on the way has to know 8BITMIME (RFC 6152).
_CHARSET = Charset("utf-8")
_CHARSET.body_encoding = QP


class EmailRefused(PermanentFailure):
    """The mail server refuses the e-mail for good, by a reply 5xx (RFC 5321, 4.2.1)."""


class DeliveryUncertain(PermanentFailure):
    """The mail server got the whole e-mail and did not reply: it may deliver it, so it is not sent again."""


class Email(EmailMultiAlternatives):
    """An e-mail whose encoded subject begins on the line of its name: behind an empty line some servers lose it."""

    encoding: Charset = _CHARSET

    def message(self, **options: Any) -> Any:
        """Return the message as it is sent."""
        message = super().message(**options)
        if not self.subject.isascii():
            # `super` has checked that it is one line.
            message.replace_header("Subject", Header(self.subject, _CHARSET, header_name="Subject"))  # type: ignore[arg-type]
        return message


def build_email(subject: str, text: str, html: str, to: str, language: str) -> Email:
    """Return an e-mail from us that no automatic reply should answer (RFC 3834, 5)."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "Auto-Submitted": "auto-generated",
        # What Microsoft's servers read in its place.
        "X-Auto-Response-Suppress": "All",
        "Content-Language": language,
        # Django would name the machine.
        "Message-ID": make_msgid(domain=punycode(sender.rpartition("@")[2])),
    }
    message = Email(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


class SmtpConnection(smtplib.SMTP):
    """A conversation with a mail server that ends in time, however slowly the server replies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sock: socket.socket | None = None
        seconds = min(CONVERSATION_TIMEOUTS * settings.EMAIL_TIMEOUT, LEASE_PART * settings.OUTBOX_LEASE_SECONDS)
        # The timeout of a socket begins anew with each byte, so that a server could take hours for one line.
        self._end = Timer(seconds, self._cut)
        self._end.daemon = True
        self._end.start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._end.cancel()
            raise

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the e-mail and return the reply. Raises DeliveryUncertain when there is none.

        From the first byte on, the job that sends it does not run again if its worker dies.
        """
        self.putcmd("data")
        code, reply = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        self._record_start()
        content = _LEADING_DOT.sub(b"..", msg)
        self.send(content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
        assert self.sock is not None  # noqa: S101 - for the types; it was just used
        self.sock.settimeout(DATA_REPLY_TIMEOUTS * settings.EMAIL_TIMEOUT)
        try:
            return self.getreply()
        except OSError:
            raise DeliveryUncertain("The mail server got the whole e-mail and did not reply.") from None

    def _record_start(self) -> None:
        try:
            begin_irreversible_step()
        except BaseException:
            # The server would take QUIT for the beginning of the e-mail.
            self.close()
            raise

    def quit(self) -> tuple[int, bytes]:
        """Send QUIT, and wait a short time for the reply."""
        if self.sock:
            self.sock.settimeout(min(QUIT_SECONDS, settings.EMAIL_TIMEOUT))
        return super().quit()

    def close(self) -> None:
        """Close the socket."""
        self._end.cancel()
        super().close()

    def _cut(self) -> None:
        # Of the class, because that of a TLS socket would change what the other thread reads from.
        with suppress(OSError):
            if self.sock:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class SmtpBackend(EmailBackend):
    """Django's backend, which raises EmailRefused for what no other attempt would change."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the connection."""
        return SmtpConnection

    def close(self) -> None:
        """Close the connection. What fails now concerns no e-mail, since the server has replied to each."""
        with suppress(OSError):
            super().close()

    def _send(self, email_message: EmailMessage) -> bool:
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]
        except smtplib.SMTPException as error:
            replies = _replies_of(error)
            if replies and all(500 <= code < 600 and code not in LOGIN_REPLIES for code, _ in replies):
                raise EmailRefused("; ".join(f"{code} {_text(reply)}" for code, reply in replies)) from None
            raise


def _replies_of(error: smtplib.SMTPException) -> list[tuple[int, Any]]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    # Other errors are about the connection or about our login, not about this e-mail.
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return [(error.smtp_code, error.smtp_error)]
    return []


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
