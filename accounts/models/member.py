"""Member: the user model, and the rule of who sees whom."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.indexes import OpClass
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.email_addresses import normalise_email
from accounts.errors import NotOneself, TermsOutdated, TooManyFollows
from accounts.events import FOLLOWED
from accounts.models.avatar import Avatar
from accounts.models.block import Block
from accounts.models.follow import Follow
from accounts.models.mute import Mute
from accounts.profiles.relation_cache import invalidate_relations
from accounts.staff.browser_sessions import end_browser_sessions
from accounts.text_checks import check_texts, review_texts
from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.change_log import log_changes
from libs.compiled_queries import CompiledQuery, column_names
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue
from libs.replicas.pinning import pin_to_primary
from libs.text_search import SearchGinIndex, SearchIndex, SearchKey, can_use_index, contains, starts_with
from media.models import Image

NAME_MAX_GRAPHEMES = 50
NICKNAME_MAX_GRAPHEMES = 30
ABOUT_MAX_GRAPHEMES = 200
# The end of a suspension that has none: `suspended_until` is compared with times, so that no rule needs another column.
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


def check_terms_version(version: str) -> None:
    """Raise TermsOutdated for terms other than the current ones."""
    if version != settings.TERMS_VERSION:
        raise TermsOutdated


class MemberQuerySet(models.QuerySet["Member"]):
    """Members by state and visibility."""

    def active(self) -> Self:
        """Members who are neither withdrawn nor suspended at this moment (the database's clock)."""
        return self.filter(self.active_condition())

    def not_erased(self) -> Self:
        """Members whose erasure has not started, withdrawn and suspended ones included."""
        return self.filter(erasure_started_at=None)

    def visible_to(self, member: "Member") -> Self:
        """Active members without a block between them and the member, in either direction.

        Feeds are compiled once for all members (libs.compiled_queries), so the rule reads nothing of `member` but its
        key, and no clock but the database's.
        """
        return self.filter(self.visibility_condition(member, key="id"))

    def search_nickname(self, words: str) -> Self:
        """Members whose nickname starts with the words or, with two letters or more, contains them."""
        matches = contains if can_use_index(words) else starts_with
        return self.filter(matches("nickname", words))

    def find_by_email(self, email: str) -> "Member | None":
        """Return the member with this normalised address."""
        member: Member | None = _compiled_by_email().instance(email=email)
        return member

    def lock(self, member_id: int) -> "Member | None":
        """Return the member, locked until the caller's transaction ends; rows may still refer to them meanwhile."""
        member: Member | None = _compiled_lock().instance(member=member_id)
        return member

    @staticmethod
    def active_condition(path: str = "") -> Q:
        """Return the condition of `active` for a member reached over a path such as "author__"."""
        until = f"{path}suspended_until"
        return Q(**{f"{path}withdrawn_at": None}) & (Q(**{until: None}) | Q(**{f"{until}__lte": Now()}))

    @classmethod
    def visibility_condition(cls, member: "Member", *, key: str, path: str = "") -> Q:
        """Return the condition of `visible_to` for a member reached over a path; `key` is the column of the id.

        Like `visible_to`, it reads nothing of `member` but its key.
        """
        return cls.active_condition(path) & cls.unblocked_condition(member, key=key)

    @staticmethod
    def unblocked_condition(member: "Member", *, key: str) -> Q:
        """Return the part of `visibility_condition` that differs between members: no block in either direction.

        NOT IN, since the database hashes the few ids once; NOT EXISTS runs for each row and costs a member with many
        blocks four times as much.
        """
        blocked = Block.objects.filter(blocker=member.pk).values("blocked_id")
        blockers = Block.objects.filter(blocked=member.pk).values("blocker_id")
        return ~Q(**{f"{key}__in": blocked}) & ~Q(**{f"{key}__in": blockers})


class MemberManager(BaseUserManager["Member"].from_queryset(MemberQuerySet)):  # type: ignore[misc]
    """Creates members; the admin and commands find them by normalised e-mail."""

    def create_user(self, email: str, password: str | None, **fields: Any) -> "Member":
        """Create a member; the caller has verified the address and validated the password."""
        # Not `set_password`, after which Django would tell PasswordChangeListener of a changed password.
        member: Member = self.model(email=normalise_email(email), password=make_password(password), **fields)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None, **fields: Any) -> "Member":
        """Create a superuser of the admin. Raises Django's ValidationError for a password that staff may not have."""
        fields |= {"is_staff": True, "is_superuser": True}
        if password is not None:
            validate_password(password, self.model(email=normalise_email(email), **fields))
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> "Member":
        """Return the member with this e-mail address, normalised."""
        member: Member = self.get(email=normalise_email(username or ""))
        return member


class Member(TimeOrdered, AbstractBaseUser, PermissionsMixin):
    """A person who signed up with a verified e-mail address."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=NAME_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME)
    nickname = models.CharField(_("nickname"), max_length=NICKNAME_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME)
    about = models.CharField(_("about"), max_length=ABOUT_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    created_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    terms_version = models.CharField(_("version of the terms"), max_length=40, blank=True)
    terms_accepted_at = models.DateTimeField(_("terms accepted"), null=True, blank=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    # From now on the withdrawal cannot be cancelled, and jobs delete everything; see accounts.erasure.
    erasure_started_at = models.DateTimeField(_("erasure started"), null=True, blank=True, editable=False)
    # Posts up to this time, inclusive, are hidden from everybody and deleted by jobs. The column keeps its old name.
    posts_hidden_until = models.DateTimeField(
        _("posts hidden until"), db_column="unsaid_until", null=True, blank=True, editable=False
    )
    is_staff = models.BooleanField(_("staff"), default=False)
    # Of e-mails that no request causes. The database default serves a release without this field.
    language = models.CharField(_("language"), max_length=10, default="en", db_default="en")
    last_login = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "nickname"]
    objects = MemberManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        # Together with the unique index: one member for an address, whatever its case.
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="member_email_lower")]
        indexes = [
            models.Index(fields=["withdrawn_at"], name="member_withdrawn", condition=Q(withdrawn_at__isnull=False)),
            # The staff, whom the admin lists.
            models.Index(fields=["id"], name="member_staff", condition=Q(is_staff=True)),
            # Searches by nickname: any part of it, and its beginning whatever the database's locale.
            SearchGinIndex(OpClass(SearchKey("nickname"), name="gin_trgm_ops"), name="member_nickname_search"),
            SearchIndex(OpClass(SearchKey("nickname"), name="text_pattern_ops"), name="member_nickname_prefix"),
            # The previous release searches with these two; the next one removes them.
            SearchGinIndex(OpClass(Lower("nickname"), name="gin_trgm_ops"), name="member_nickname_trigrams"),
            SearchIndex(OpClass(Lower("nickname"), name="text_pattern_ops"), name="member_nickname_beginning"),
        ]

    def __str__(self) -> str:
        return self.nickname

    @property
    def is_suspended(self) -> bool:
        """Whether the member is suspended at this moment."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def is_suspended_for_good(self) -> bool:
        """Whether the suspension has no end."""
        return self.suspended_until is not None and self.suspended_until >= FOR_GOOD

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the member may log in and act; Django reads this."""
        return self.withdrawn_at is None and not self.is_suspended

    # Actions of the member ------------------------------------------------------------------------------

    @transaction.atomic
    def follow(self, other: "Member") -> None:
        """Follow the other member, if not done yet.

        Raises NotOneself, TooManyFollows, and Http404 for a member who is not visible.
        """
        self._lock_pair(other)
        if not Member.objects.visible_to(self).filter(pk=other.pk).exists():
            raise Http404
        _, is_new = Follow.objects.get_or_create(follower_id=self.pk, followed_id=other.pk)
        invalidate_relations([self.pk, other.pk])
        if is_new:
            # Bounds the cost of the feed of followed members, and what one account can annoy.
            if Follow.objects.filter(follower=self.pk)[settings.FOLLOWS_MAX :].exists():
                raise TooManyFollows
            FOLLOWED.send(self.pk, other.pk)

    def unfollow(self, other: "Member") -> None:
        """Stop following the other member, if at all."""
        Follow.objects.filter(follower=self.pk, followed=other.pk).delete()
        invalidate_relations([self.pk, other.pk])

    @transaction.atomic
    def block(self, other: "Member") -> bool:
        """Block the other member and delete follows both ways. Returns whether it is new. Raises NotOneself.

        Both members see it at once, whatever replicas have by then. A job deletes their hearts on each other's posts.
        Members who are withdrawn or suspended are blocked alike, and an id that nobody has is no error: the result must
        not tell who is gone from who blocks the member.
        """
        if other.pk not in self._lock_pair(other):
            return True
        is_new = Block.objects.make(self.pk, other.pk)
        pair = [self.pk, other.pk]
        Follow.objects.filter(follower__in=pair, followed__in=pair).delete()
        if is_new:
            enqueue("accounts.end_contact", {"member_ids": pair})
        invalidate_relations(pair)
        transaction.on_commit(lambda: pin_to_primary(pair))
        return is_new

    def unblock(self, other: "Member") -> None:
        """Delete one's own block; a block by the other member stays, and follows are not restored."""
        Block.objects.filter(blocker=self.pk, blocked=other.pk).delete()
        invalidate_relations([self.pk, other.pk])
        transaction.on_commit(lambda: pin_to_primary([self.pk, other.pk]))

    @transaction.atomic
    def mute(self, other: "Member") -> None:
        """Hide the other member's posts from one's own feeds, if not done yet.

        Raises NotOneself, and Http404 for a member who is not visible.
        """
        self._lock_pair(other)
        if not Member.objects.visible_to(self).filter(pk=other.pk).exists():
            raise Http404
        Mute.objects.get_or_create(muter_id=self.pk, muted_id=other.pk)
        invalidate_relations([self.pk])

    def unmute(self, other: "Member") -> None:
        """Delete the mute, if there is one, whatever became of the other member."""
        Mute.objects.filter(muter=self.pk, muted=other.pk).delete()
        invalidate_relations([self.pk])

    def _lock_pair(self, other: "Member") -> list[int]:
        """Lock both members in the order of their ids, so that follows and blocks of the two are serialised.

        Returns the ids of those who exist and are not being erased.
        """
        if self.pk == other.pk:
            raise NotOneself
        pair = Member.objects.not_erased().filter(pk__in=[self.pk, other.pk]).order_by("pk")
        return list(pair.select_for_update(no_key=True).values_list("pk", flat=True))

    def set_language(self, language: str) -> None:
        """Set the language of e-mails."""
        if self.language != language:
            self.language = language
            self.save(update_fields=["language"])

    def accept_terms(self, version: str) -> None:
        """Accept the current terms; a repetition keeps the first time. Raises TermsOutdated for another version."""
        check_terms_version(version)
        if self.terms_version != version:
            self.update(terms_version=version, terms_accepted_at=timezone.now())

    def has_accepted_terms(self) -> bool:
        """Whether the member has accepted the current terms; asks the database, since only the id may be loaded."""
        return bool(Member.objects.filter(pk=self.pk, terms_version=settings.TERMS_VERSION).exists())

    def update(self, **fields: Any) -> None:
        """Set fields and save them."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=[*fields, "changed_at"])
        if "nickname" in fields:
            log_changes("profile", [self.pk])

    @transaction.atomic
    def change_profile(self, **texts: str) -> None:
        """Change what the member writes about themselves: `name`, `nickname`, `about`. Raises TextRefused."""
        check_texts(texts.values())
        self.update(**texts)
        review_texts(self, texts.values())

    @transaction.atomic
    def set_avatar(self, image_id: int) -> None:
        """Set an uploaded image as avatar and delete the former one. Raises ImageNotUsable.

        Setting the same image again changes nothing, so that clients may repeat the request.
        """
        # no_key, since a concurrent post that claims an image needs a key lock on the member: they would deadlock.
        Member.objects.select_for_update(no_key=True).get(pk=self.pk)
        if Avatar.objects.filter(member=self.pk, image=image_id).exists():
            return
        (image,) = Image.objects.claim([image_id], owner=self)
        self.remove_avatar()
        Avatar.objects.create(member=self, image=image)
        log_changes("profile", [self.pk])

    @transaction.atomic
    def remove_avatar(self) -> None:
        """Remove the avatar and delete its image."""
        images = list(Avatar.objects.filter(member=self).values_list("image_id", flat=True))
        Avatar.objects.filter(member=self).delete()
        if Image.objects.discard(images):
            log_changes("profile", [self.pk])

    @transaction.atomic
    def withhold_avatar(self) -> int | None:
        """Remove the avatar and make its image unreadable; returns the image's id, to which the caller refers."""
        image_id = Avatar.objects.filter(member=self).values_list("image_id", flat=True).first()
        if image_id is not None:
            Avatar.objects.filter(member=self).delete()
            Image.objects.withhold([image_id])
            log_changes("profile", [self.pk])
        return image_id

    @transaction.atomic
    def restore_avatar(self, image_id: int) -> None:
        """Undo `withhold_avatar`, for a member who has no other avatar by now."""
        Image.objects.release([image_id])
        Avatar.objects.create(member=self, image_id=image_id)
        log_changes("profile", [self.pk])

    # State of the account ------------------------------------------------------------------------

    @transaction.atomic
    def suspend(self, until: datetime) -> None:
        """Hide the member and end all login sessions, until the given time; FOR_GOOD is no end."""
        self.suspended_until = until
        self._save_state("suspended_until")
        self.end_sessions("suspended")

    def end_sessions(self, because: str) -> int:
        """End all login sessions, and those of staff in the admin; returns how many."""
        return self.sessions.end(because) + (end_browser_sessions(self) if self.is_staff else 0)

    def lift(self, *, back_to: datetime | None = None) -> None:
        """End the suspension now, or go back to the end that it had before it was made longer."""
        self.suspended_until = back_to
        self._save_state("suspended_until")

    @transaction.atomic
    def withdraw(self) -> None:
        """Hide the member and end all login sessions at once; erasure follows after the grace period.

        An e-mail says until when and how this can be cancelled.
        """
        self.withdrawn_at = timezone.now()
        self._save_state("withdrawn_at")
        self.end_sessions("withdrawn")
        enqueue("accounts.mail_withdrawn", {"member_id": self.pk})

    def cancel_withdrawal(self) -> None:
        """Cancel the withdrawal; a login within the grace period does that."""
        self.withdrawn_at = None
        self._save_state("withdrawn_at")

    def _save_state(self, field: str) -> None:
        self.save(update_fields=[field, "changed_at"])
        log_changes("member", [self.pk])


@cache
def _compiled_by_email() -> CompiledQuery:
    # Compiled when it is first used, since this module is imported before all models are there.
    return CompiledQuery(_select_by_email)


def _select_by_email(email: str) -> Any:
    return Member.objects.filter(email=email).values(*column_names(Member))


@cache
def _compiled_lock() -> CompiledQuery:
    return CompiledQuery(_select_locked)


def _select_locked(member: int) -> Any:
    return Member.objects.filter(pk=member).select_for_update(no_key=True).values(*column_names(Member))
