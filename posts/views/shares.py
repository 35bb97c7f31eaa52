"""/posts/{post_id}/share: the public link of a post, for its author."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from posts.errors import NotYours
from posts.models import Post, PostShare
from posts.openapi_examples import POST_SHARE
from posts.serializers import PostShareSerializer

LINK: dict[str, Any] = {
    "responses": PostShareSerializer,
    "examples": [response_example(POST_SHARE)],
    "errors": [NotYours],
}


class PostShareViewSet(StrictViewSet):
    """The link of a post."""

    @operation(
        id="get_post_share",
        summary="Read the link of your post",
        description="404 if you do not share it.",
        **LINK,
    )
    def retrieve(self, request: Request, post_id: int) -> Response:
        """Read the link."""
        share = PostShare.objects.filter(post=self.own_post(Post.objects.all(), post_id)).first()
        if share is None:
            raise Http404
        return Response({"url": share.url})

    @operation(
        id="share_post",
        summary="Share your post by a link",
        description="Anybody who has the link can read the post, without an account. The link stays the same until you "
        "delete it.",
        request=None,
        **LINK,
    )
    @transaction.atomic
    def update(self, request: Request, post_id: int) -> Response:
        """Share the post, if not done yet."""
        share, _ = PostShare.objects.get_or_create(post=self.locked_post(post_id))
        return Response({"url": share.url})

    @operation(
        id="unshare_post",
        summary="Delete the link of your post",
        description="The page is gone at once. Sharing the post again makes another link.",
        responses={204: OpenApiResponse(description="Done; nothing changes if there was none.")},
        errors=[NotYours],
    )
    @transaction.atomic
    def destroy(self, request: Request, post_id: int) -> Response:
        """Delete the link, if there is one."""
        PostShare.objects.filter(post=self.locked_post(post_id)).delete()
        return Response(status=204)

    def locked_post(self, post_id: int) -> Post:
        """Return one's own post, which is not deleted, shared or unshared by others until the transaction ends."""
        return self.own_post(Post.objects.select_for_update(of=("self",), no_key=True), post_id)

    def own_post(self, posts: Any, post_id: int) -> Post:
        """Return one's own of these posts. Raises Http404 for one that is not visible, NotYours for another one."""
        post: Post = get_object_or_404(posts.visible_to(self.member), pk=post_id)
        if not post.may_be_shared_by(self.member):
            raise NotYours
        return post
