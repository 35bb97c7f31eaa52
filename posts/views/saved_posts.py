"""/saved: posts that a member keeps in a list of their own."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.operations import operation
from libs.throttling.throttles import rate_limit
from posts.models import SavedPost
from posts.views.marks import DONE, LIST, PostMarkViewSet


class SavedPostViewSet(PostMarkViewSet):
    """The member's saved posts."""

    @operation(id="list_saved_posts", summary="List the posts that you saved", **LIST)
    def list(self, request: Request) -> HttpResponse:
        """List them, the last saved first."""
        return self.page(SavedPost.objects.all())

    @operation(
        id="save_post",
        summary="Save a post",
        description="Nobody else sees what you save.",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("save-member", by="member")],
    )
    def update(self, request: Request, post_id: int) -> Response:
        """Save a post, if not done yet."""
        SavedPost.objects.add(post_id, self.member)
        return Response(status=204)

    @operation(
        id="unsave_post",
        summary="Remove a post from those that you saved",
        responses=DONE,
        rate_limits=[rate_limit("save-member", by="member")],
    )
    def destroy(self, request: Request, post_id: int) -> Response:
        """Remove a post from the list, if it is there."""
        SavedPost.objects.remove(post_id, self.member)
        return Response(status=204)
