"""Look at open reports, and decide about one."""

from typing import Any

from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from moderation.actions import get_action
from moderation.actions.members import SUSPENSION_DAYS
from moderation.actors import Actor
from moderation.errors import ActionRefused
from moderation.models import Report

# What can be decided about a report: the actions on the report, on its post or comment, and on its member.
ACTIONS = (
    "dismiss_report", "uphold_report", "remove_post", "remove_comment", "warn_member", "suspend_member",
    "suspend_member_for_good",
)  # fmt: skip
REASONS = sorted({reason for name in ACTIONS for reason in get_action(name).reasons})


class Command(OperatorCommandGroup):
    help = "List open reports by their urgency, and decide about one where the admin cannot be used."

    @subcommand("list open reports, the most urgent first", default_batch=20)
    def list(self, *, batch: int) -> Result:
        """List the queue, a line for each subject."""
        found = [*Report.objects.queue()[: batch + 1]]
        rows = [_row(report) for report in Report.objects.of_places(found[:batch])]
        table = format_table(
            [["id", "about", "reason", "reporters", "since", "nickname"], *(_cells(row) for row in rows)]
        )
        code = ExitCode.MORE_LEFT if len(found) > batch else ExitCode.DONE if found else ExitCode.NOTHING_TO_DO
        return Result({"reports": rows}, table if found else "No report is open.", code)

    @subcommand(
        "decide about a report, and about all others of the same subject",
        argument("report", type=int, help="the id"),
        argument("action", choices=ACTIONS),
        argument("--reason", choices=REASONS, required=True),
        argument("--text", default="", help="your own words, which the member reads"),
        argument("--days", type=int, choices=[*SUSPENSION_DAYS], help="of suspend_member"),
        is_recorded=True,
    )
    def decide(self, *, report: int, action: str, reason: str, text: str, days: int | None) -> Result:
        """Run an action of moderation because of a report."""
        found = Report.objects.select_related("post", "comment", "subject").filter(pk=report).first()
        if found is None:
            raise CommandError("There is no such report.")
        chosen = get_action(action)
        subjects = {"report": found, "post": found.post, "comment": found.comment, "member": found.subject}
        subject = subjects[chosen.subject_kind]
        if subject is None:
            raise CommandError("What was reported is gone. Dismiss or uphold the report.")
        if "days" in chosen.options and days is None:
            raise CommandError(f"Say for how many days: --days {' or '.join(map(str, SUSPENSION_DAYS))}")
        options: dict[str, Any] = {"days": days} if "days" in chosen.options else {}
        because: dict[str, Any] = {} if chosen.subject_kind == "report" else {"report": found}
        try:
            decision = chosen.run(
                subject, by=Actor.operator(self.operator), reason=reason, text=text, **because, **options
            )
        except ActionRefused as error:
            raise CommandError(str(error)) from error
        return Result({"decision": str(decision.pk)}, f"Done, by decision {decision.pk}.")


def _row(report: Any) -> dict[str, Any]:
    return {
        "id": str(report.pk),
        "about": report.about,
        "reason": report.reason,
        "reporters": report.reporters,
        "reported_since": report.reported_since,
        "nickname": report.nickname,
    }


def _cells(row: dict[str, Any]) -> "list[Any]":
    since = f"{row['reported_since']:%Y-%m-%d %H:%M} UTC"
    return [row["id"], row["about"], row["reason"], row["reporters"], since, row["nickname"]]
