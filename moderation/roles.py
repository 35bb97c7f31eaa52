"""Roles: the groups of the staff and what each may do. Superusers may do everything."""

from typing import Any

from django.utils.translation import gettext_lazy

from moderation.ranks import AUDITOR, MODERATOR, OPERATOR, SENIOR_MODERATOR

# Permissions of moderation, which `Decision` declares, by their codenames.
PERMISSIONS = {
    "assign_report": "Can take reports over",
    "dismiss_report": "Can dismiss reports",
    "uphold_report": "Can uphold reports and change nothing",
    "remove_post": "Can remove posts",
    "restore_post": "Can restore posts",
    "warn_member": "Can warn members",
    "suspend_member": "Can suspend members for days",
    "suspend_member_for_good": "Can suspend members for good",
    "lift_suspension": "Can lift suspensions",
    "reset_profile": "Can reset avatars, nicknames and profile texts",
    "end_sessions": "Can end the login sessions of members",
    "mute_reporter": "Can mute reporters",
    "reveal_email": "Can reveal e-mail addresses and networks of members",
    "decide_appeal": "Can decide appeals",
    "decide_many": "Can decide about more than ten at once",
    "change_words": "Can change the list of words",
    "change_rules": "Can change the rules that act by themselves",
    "set_role": "Can change the roles of staff",
}

_VIEW = [
    "moderation.view_report", "moderation.view_reportedimage", "moderation.view_decision", "moderation.view_appeal",
    "moderation.view_listedword", "moderation.view_rules", "accounts.view_member", "posts.view_post",
    "comments.view_comment", "media.view_image",
]  # fmt: skip
_MODERATE = [
    "assign_report", "dismiss_report", "uphold_report", "remove_post", "restore_post", "warn_member", "suspend_member",
    "lift_suspension", "reset_profile", "end_sessions", "mute_reporter",
]  # fmt: skip
_LEAD = ["suspend_member_for_good", "reveal_email", "decide_appeal", "decide_many", "change_words", "change_rules"]
_OPERATE = ["suspend_member", "lift_suspension", "end_sessions", "reveal_email", "change_rules", "set_role"]
_VIEW_OPERATIONS = ["outbox.view_job", "admin.view_logentry"]


def _own(names: list[str]) -> list[str]:
    return [f"moderation.{name}" for name in names]


# The permissions of each group, as "app.codename".
PERMISSIONS_OF_ROLE: dict[str, list[str]] = {
    MODERATOR: [*_VIEW, *_own(_MODERATE)],
    SENIOR_MODERATOR: [*_VIEW, *_own(_MODERATE), *_own(_LEAD)],
    OPERATOR: [*_VIEW, *_VIEW_OPERATIONS, "outbox.change_job", *_own(_OPERATE)],
    AUDITOR: [*_VIEW, *_VIEW_OPERATIONS],
}
ROLES = tuple(PERMISSIONS_OF_ROLE)
# The roles that somebody can be given, with their names for people; "" is none.
ROLE_LABELS = {
    "": gettext_lazy("no role"),
    MODERATOR: gettext_lazy("moderator"),
    SENIOR_MODERATOR: gettext_lazy("senior moderator"),
    OPERATOR: gettext_lazy("operator"),
    AUDITOR: gettext_lazy("auditor"),
}


def create_roles(apps: Any) -> None:
    """Create the groups and give them the permissions that they lack, for a migration, whose `apps` these are.

    The permissions are created too, because Django creates them after all migrations.
    """
    permission, content_type = apps.get_model("auth", "Permission"), apps.get_model("contenttypes", "ContentType")
    for role, names in PERMISSIONS_OF_ROLE.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        for name in names:
            app, codename = name.split(".")
            model = codename.partition("_")[2] if codename.startswith(("view_", "change_")) else "decision"
            model = "decision" if app == "moderation" and codename in PERMISSIONS else model
            kind, _ = content_type.objects.get_or_create(app_label=app, model=model)
            label = PERMISSIONS.get(codename) if model == "decision" else None
            defaults = {"name": label or f"Can {codename.replace('_', ' ')}"}
            group.permissions.add(
                permission.objects.get_or_create(content_type=kind, codename=codename, defaults=defaults)[0]
            )
