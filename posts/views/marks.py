"""Lists of posts that the member has marked, for /hearts and /saved."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse

from libs.api.openapi_examples import response_example
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from posts.models import Post
from posts.models.post_mark import PostMarkQuerySet
from posts.openapi_examples import POST
from posts.representations import post_representations, post_values
from posts.serializers import PostSerializer

DONE = {204: OpenApiResponse(description="Done; nothing changes if it was so already.")}
LIST: dict[str, Any] = {
    "responses": PostSerializer(many=True),
    "examples": [response_example(POST)],
    "query_parameters": PAGE_PARAMETERS,
    "errors": [InvalidCursor],
}


class PostMarkViewSet(StrictViewSet):
    """Pages of posts that the member has marked, newest mark first."""

    pagination_class = KeysetPagination

    def page(self, marks: PostMarkQuerySet) -> HttpResponse:
        """Return the page that the query selects, of the posts that the member still sees."""
        own = marks.filter(owner=self.member.pk).visible(self.member)
        rows = self.paginate_queryset(own.order_by("-created_at", "-id").values("id", "created_at", "post_id")) or []
        posts = Post.objects.visible_to(self.member).filter(pk__in=[row["post_id"] for row in rows])
        by_id = {row["id"]: row for row in post_values(posts, self.member)} if rows else {}
        # One that was hidden between the two statements is left out.
        found = [by_id[row["post_id"]] for row in rows if row["post_id"] in by_id]
        return self.get_paginated_response(post_representations(found, self.member.pk))
