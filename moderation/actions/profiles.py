"""Actions on profiles: reset the avatar, the nickname, the text about oneself."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Avatar, Member
from moderation.actions.base import Effect
from moderation.actions.members import MemberAction
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo
from moderation.models import Decision, Report, WithheldAvatar


class ProfileReset(MemberAction):
    """Reset something that others see of a member."""

    permission = "reset_profile"
    is_appealable = True
    closes_reports = Report.UPHELD


class ResetAvatar(ProfileReset):
    """Remove the avatar; its image is kept for as long as the member can appeal."""

    name = "reset_avatar"
    label = gettext_lazy("Reset the avatar")

    def check(self, subject: Member) -> None:
        if not Avatar.objects.filter(member=subject).exists():
            raise AlreadyDecided

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        image_id = subject.withhold_avatar()
        if image_id is None:
            raise AlreadyDecided
        WithheldAvatar.objects.create(image_id=image_id, member=subject)
        return Effect({"image_id": str(image_id)}, {"image_id": None})

    def revert(self, subject: Member, decision: Decision) -> Effect:
        withheld = WithheldAvatar.objects.filter(image=decision.before["image_id"], member=subject)
        if Avatar.objects.filter(member=subject).exists() or not withheld.delete()[0]:
            raise CannotUndo(_("The member has another avatar by now, or the image is not kept any more."))
        subject.restore_avatar(int(decision.before["image_id"]))
        return Effect({"image_id": None}, {"image_id": decision.before["image_id"]})

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("The avatar is hidden from everybody. The member can set another one.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The member has the avatar from before again.")]

    def statement(self, decision: Decision) -> list[str]:
        return [_("We have removed your profile photo. You can set another one.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("Your profile photo is back.")]


class TextReset(ProfileReset):
    """Replace a text of the profile."""

    field = ""

    def new_text(self, member: Member) -> str:
        """Return the text that takes the place of the member's own."""
        return ""

    def check(self, subject: Member) -> None:
        if getattr(subject, self.field) == self.new_text(subject):
            raise AlreadyDecided

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        former, new = getattr(subject, self.field), self.new_text(subject)
        subject.update(**{self.field: new})
        return Effect({self.field: former}, {self.field: new})

    def revert(self, subject: Member, decision: Decision) -> Effect:
        present = getattr(subject, self.field)
        if present != decision.after[self.field]:
            raise CannotUndo
        subject.update(**{self.field: decision.before[self.field]})
        return Effect({self.field: present}, {self.field: decision.before[self.field]})


class ResetNickname(TextReset):
    """Give the member a nickname that says nothing."""

    name = "reset_nickname"
    label = gettext_lazy("Reset the nickname")
    field = "nickname"

    def new_text(self, member: Member) -> str:
        # The last digits of an id are random.
        with translation.override(member.language):
            return _("Member %(number)s") % {"number": f"{member.pk % 10_000:04}"}

    def describe(self, subject: Member, **options: Any) -> list[str]:
        nickname = self.new_text(subject)
        return [_("The nickname becomes “%(nickname)s”. The member can choose another one.") % {"nickname": nickname}]

    def describe_undo(self, decision: Decision) -> list[str]:
        nickname = decision.before.get(self.field, "")
        return [_("The nickname becomes “%(nickname)s” again.") % {"nickname": nickname}]

    def statement(self, decision: Decision) -> list[str]:
        nickname = decision.after.get(self.field, "")
        return [_("Your nickname is “%(nickname)s” now. You can choose another one.") % {"nickname": nickname}]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("You have your nickname back.")]


class ResetAbout(TextReset):
    """Clear the text about oneself."""

    name = "reset_about"
    label = gettext_lazy("Reset the text about oneself")
    field = "about"

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("The text about the member is cleared. The member can write another one.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The text about the member is in the profile again.")]

    def statement(self, decision: Decision) -> list[str]:
        return [_("We have removed the text about you from your profile. You can write another one.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("The text about you is back in your profile.")]
