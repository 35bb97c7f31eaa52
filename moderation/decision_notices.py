"""Notify those whom a decision concerns, in its transaction: e-mails for now, and events for the apps above."""

from collections.abc import Sequence

from libs.outbox.queue import enqueue, enqueue_many
from moderation.events import MEMBER_NOTIFIED, REPORTS_DECIDED
from moderation.models import Decision


def notify_member(decision: Decision) -> None:
    """Notify the member whom the decision concerns, if they are to know of it."""
    if decision.is_notified and decision.member_id is not None:
        enqueue("moderation.mail_decision", {"decision_id": decision.pk})
        MEMBER_NOTIFIED.send(decision.member_id, decision.pk)


def notify_reporters(report_ids: Sequence[int], decision: Decision) -> None:
    """Notify the reporters of reports that the decision has closed."""
    enqueue_many("moderation.mail_outcome", [{"report_id": pk, "decision_id": decision.pk} for pk in report_ids])
    REPORTS_DECIDED.send(report_ids)
