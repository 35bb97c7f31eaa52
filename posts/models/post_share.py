"""PostShare: the public link of a post."""

import re

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

from posts.models.post import Post

# 131 random bits in letters and digits: where people paste links, a "-" or "_" at the end is easily lost.
TOKEN_LENGTH = 22
is_token = re.compile(rf"[A-Za-z0-9]{{{TOKEN_LENGTH}}}").fullmatch


def new_token() -> str:
    """Return a random token."""
    return get_random_string(TOKEN_LENGTH)


class PostShare(models.Model):
    """The author has made the post readable for whoever has its link, until this row or the post is deleted.

    The token is stored as it is, since the author reads it again. A digest would protect nothing: whoever can read this
    table can read the posts, too.
    """

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="share")
    token = models.CharField(max_length=TOKEN_LENGTH, default=new_token)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Not `unique` of the field, for which PostgreSQL would get a second index, for LIKE.
        constraints = [models.UniqueConstraint(fields=["token"], name="post_share_token")]

    def __str__(self) -> str:
        return f"link of {self.post_id}"

    @property
    def url(self) -> str:
        """The page for everybody who has the link."""
        return share_url(self.token)


def share_url(token: str) -> str:
    """Return the URL of the page with this token."""
    return f"{settings.PUBLIC_URL}/p/{token}"
