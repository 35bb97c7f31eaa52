"""What a feed can be narrowed to and ordered by."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from rest_framework.exceptions import ErrorDetail, ValidationError

from libs.api.fields import TextField, parse_id
from libs.text_search import can_use_index, contains
from posts.models import Post
from posts.models.post import PostQuerySet

# The longest line that is searched for. Graphemes.
WORDS_MAX_GRAPHEMES = 100
YES_OR_NO = (("true", _("yes")), ("false", _("no")))
ORDERINGS = (("newest", _("newest first")), ("oldest", _("oldest first")))


class WordsField(TextField):
    """Words that an index can find."""

    default_error_messages = {"min_length": _("Search for at least 3 letters or digits.")}

    def to_internal_value(self, data: Any) -> str:
        """The words as texts are kept; raises ValidationError."""
        words = super().to_internal_value(data)
        if words and not can_use_index(words):
            self.fail("min_length")
        return words


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A time in RFC 3339, as UTC; one that UTC's calendar does not reach is not a time."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment, None for none; raises Django's ValidationError."""
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as fault:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from fault


class MomentFilter(django_filters.IsoDateTimeFilter):  # type: ignore[misc]
    """Compares with a moment."""

    field_class = MomentField


class PostFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Only indexed columns, only declared words."""

    author = django_filters.CharFilter(method="by_author", help_text="The id of one writer.", label="author")
    following = django_filters.ChoiceFilter(choices=YES_OR_NO, method="by_following", label="following")
    has_images = django_filters.ChoiceFilter(choices=YES_OR_NO, method="by_images", label="has_images")
    since = MomentFilter("created_at", "gte", label="since")
    until = MomentFilter("created_at", "lt", label="until")
    search = django_filters.CharFilter(
        method="by_words",
        strip=False,
        help_text="Words, with 3 letters or digits at least; case does not count.",
        label="search",
    )
    ordering = django_filters.ChoiceFilter(choices=ORDERINGS, method="in_order", label="ordering")

    class Meta:
        model = Post
        fields: list[str] = []

    def by_author(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The posts of one writer; a hidden one has none, like one that does not exist."""
        number = parse_id(value)
        if number is None:
            raise ValidationError({name: [ErrorDetail(gettext("This is not a valid id."), "invalid")]})
        return posts.filter(author_id=number)

    def by_following(self, posts: PostQuerySet, name: str, value: str) -> QuerySet[Any]:
        """The posts of those whom the asker follows."""
        return posts.followed_by(self.request.user) if value == "true" else posts

    def by_images(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Posts with pictures, or without any."""
        return posts.filter(image_count__gt=0) if value == "true" else posts.filter(image_count=0)

    def by_words(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Posts that hold these words, one after the other as they stand here."""
        try:
            words = WordsField(max_graphemes=WORDS_MAX_GRAPHEMES).run_validation(value)
        except ValidationError as fault:
            raise ValidationError({name: fault.detail}) from None
        return posts.filter(contains("text", words))

    def in_order(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Both columns of the key, in one direction."""
        return posts.order_by("created_at", "id") if value == "oldest" else posts
