"""Mention: the base of a member whom a post or a comment names."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, QuerySet, Subquery, When

from accounts.models import Member
from accounts.models.member import MemberQuerySet
from libs.json_rows import JSONRows
from posts.errors import MentionNotPossible
from posts.events import MEMBERS_MENTIONED

MAX_MENTIONS = 5


class MentionQuerySet(models.QuerySet[Any]):
    """Mentions change in the transaction that changes what mentions."""

    def visible_to(self, viewer: Member) -> Self:
        """Mentions of members whom the viewer may see; like MemberQuerySet.visible_to it reads nothing but the key."""
        return self.filter(MemberQuerySet.visibility_condition(viewer, key="member_id", path="member__"))

    def of_active(self) -> Self:
        """Mentions of members who are neither withdrawn nor suspended."""
        return self.filter(MemberQuerySet.active_condition("member__"))

    def add(self, subject: Any, member_ids: Sequence[int], *, by: Member, known: Sequence[int] = ()) -> None:
        """Mention these members, in this order, in a new or locked post or comment; an event tells those not `known`.

        Raises MentionNotPossible if one is not visible to the author.
        """
        if not member_ids:
            return
        if Member.objects.visible_to(by).filter(pk__in=member_ids).count() < len(member_ids):
            raise MentionNotPossible
        name = self.model.subject
        self.bulk_create(
            self.model(**{name: subject}, member_id=member_id, position=position)
            for position, member_id in enumerate(member_ids)
        )
        if new := [member_id for member_id in member_ids if member_id not in known and member_id != by.pk]:
            MEMBERS_MENTIONED.send(new, by=by.pk, **{name: subject.pk})

    def replace(self, subject: Any, member_ids: Sequence[int], *, by: Member) -> bool:
        """Mention these members in place of those before, as `add` does; returns whether that is a change."""
        rows = self.filter(**{self.model.subject: subject})
        stored = list(rows.order_by("position").values_list("member_id", flat=True))
        if stored == list(member_ids):
            return False
        rows.delete()
        self.add(subject, member_ids, by=by, known=stored)
        return True


class Mention(models.Model):
    """A member whom a post or a comment names; the client says whom, since nicknames are not unique."""

    # The name of the foreign key to what mentions, which has `has_mentions`.
    subject: ClassVar[str]

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()

    objects = MentionQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.member_id} at {self.position}"


def mentioned_ids(subject: Any) -> list[str]:
    """The ids of the members in the prefetched mentions of a post or comment."""
    return [str(mention.member_id) for mention in subject.mentions.all()]


def mention_rows(mentions: QuerySet[Any]) -> Case:
    """The column of these mentions for `mention_list`, null for what mentions nobody."""
    subject = mentions.model.subject
    of_subject = mentions.filter(**{subject: OuterRef("pk")}).order_by().values(subject)
    rows = of_subject.annotate(rows=JSONRows("position", "member_id", "member__nickname")).values("rows")
    # Most mention nobody, and cost no look at the table.
    return Case(When(has_mentions=True, then=Subquery(rows)))
