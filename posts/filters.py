"""Filters and ordering of feeds."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from libs.api.fields import TextField, parse_id, parse_time
from libs.text_search import can_use_index, contains
from posts.models import Post
from posts.models.post import PostQuerySet
from posts.tags import parse_key

# Graphemes.
SEARCH_MAX_GRAPHEMES = 100
YES_OR_NO = (("true", _("yes")), ("false", _("no")))
ORDERINGS = (("newest", _("newest first")), ("oldest", _("oldest first")))


class SearchField(TextField):
    """A text to search for, long enough for an index to find it."""

    default_error_messages = {"min_length": _("Search for at least 2 letters or digits.")}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not can_use_index(text):
            self.fail("min_length")
        return text


class UtcDateTimeField(forms.DateTimeField):
    """A time as RFC 3339 defines it, with an offset, converted to UTC; invalid if UTC's calendar does not reach it."""

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return parse_time(value)
        except (ValueError, OverflowError) as fault:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from fault


class UtcDateTimeFilter(django_filters.IsoDateTimeFilter):  # type: ignore[misc]
    """Compares with a time."""

    field_class = UtcDateTimeField


class PostFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The query parameters of feeds."""

    # First, since the others go by its columns.
    # Stripped by their methods: django-filter ignores a filter whose value has nothing but spaces.
    tag = django_filters.CharFilter(
        method="filter_tag", strip=False, help_text="A tag, with or without `#`; case does not count.", label="tag"
    )
    author = django_filters.CharFilter(
        method="filter_author", strip=False, help_text="The id of one author.", label="author"
    )
    following = django_filters.ChoiceFilter(choices=YES_OR_NO, method="filter_following", label="following")
    has_images = django_filters.ChoiceFilter(choices=YES_OR_NO, method="filter_has_images", label="has_images")
    since = UtcDateTimeFilter(method="filter_since", label="since")
    until = UtcDateTimeFilter(method="filter_until", label="until")
    search = django_filters.CharFilter(
        method="filter_search",
        strip=False,
        help_text="A text with at least 2 letters or digits; case and spaces do not count.",
        label="search",
    )
    ordering = django_filters.ChoiceFilter(choices=ORDERINGS, method="apply_ordering", label="ordering")

    class Meta:
        model = Post
        fields: list[str] = []

    def filter_tag(self, posts: PostQuerySet, name: str, value: str) -> QuerySet[Any]:
        """Posts whose text has the tag."""
        key = parse_key(value.strip())
        if key is None:
            raise ValidationError(
                {name: [ErrorDetail(gettext("A tag consists of letters, digits and underscores."), "invalid")]}
            )
        return posts.tagged(key)

    def filter_author(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Posts of one author; a hidden author has none, as one that does not exist."""
        number = parse_id(value.strip())
        if number is None:
            raise ValidationError({name: [ErrorDetail(gettext("This is not a valid id."), "invalid")]})
        return posts.filter(author_id=number)

    def filter_following(self, posts: PostQuerySet, name: str, value: str) -> QuerySet[Any]:
        """Posts of members whom the viewer follows."""
        return posts.followed_by(self.request.user) if value == "true" else posts

    def filter_has_images(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Posts with images, or without any."""
        return posts.filter(image_count__gt=0) if value == "true" else posts.filter(image_count=0)

    def filter_since(self, posts: QuerySet[Any], name: str, value: datetime) -> QuerySet[Any]:
        """Posts that were published then or later."""
        return posts.filter(**{f"{_sort_columns(posts)[0]}__gte": value})

    def filter_until(self, posts: QuerySet[Any], name: str, value: datetime) -> QuerySet[Any]:
        """Posts that were published before."""
        return posts.filter(**{f"{_sort_columns(posts)[0]}__lt": value})

    def filter_search(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Posts that contain the text, as people see it (libs.text_search)."""
        try:
            text = SearchField(max_graphemes=SEARCH_MAX_GRAPHEMES, multiline=True).run_validation(value)
        except ValidationError as fault:
            raise ValidationError({name: fault.detail}) from None
        return posts.filter(contains("text", text))

    def apply_ordering(self, posts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Newest first, which is the order already, or oldest first."""
        return posts.order_by(*_sort_columns(posts)) if value == "oldest" else posts


def _sort_columns(posts: QuerySet[Any]) -> list[str]:
    return [str(column).removeprefix("-") for column in posts.query.order_by]
