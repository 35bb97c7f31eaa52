"""E-mails about decisions, in templates/moderation/emails/. None names a moderator."""

from typing import Any

from accounts.emails import send
from accounts.models import Member
from moderation.models import Decision, Report
from moderation.statements import Statement


def send_decision(decision: Decision, member: Member) -> None:
    """Send the member the statement of reasons of a decision, or of an undo."""
    template = "decision" if decision.undoes_id is None else "decision_undone"
    _send(template, member, {"statement": Statement.of(decision)})


def send_outcome(report: Report, reporter: Member) -> None:
    """Send a reporter the outcome of their report; what was done to the other member is not told."""
    _send("report_outcome", reporter, {"report": report, "is_upheld": report.state == Report.UPHELD})


def _send(template: str, member: Member, context: dict[str, Any]) -> None:
    send(template, member.email, member.language, context, app="moderation")
