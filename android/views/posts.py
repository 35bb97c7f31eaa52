"""post/*: publishing, reading and deleting posts."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from android.errors import NotTheMember
from android.feed_pages import app_post_values, author_page, feed_page
from android.representations import app_post_representations
from android.response_serializers import NewPostAnswerSerializer, PostPageSerializer
from android.serializers import FeedSerializer, NewPostSerializer, PageSerializer
from android.views.base import AppFormViewSet
from libs.api.operations import operation
from libs.throttling.throttles import rate_limit
from media.uploads import accepted_images, mark_stored
from posts.errors import NotYours
from posts.models import Post
from posts.switches import POSTING


class AppPostViewSet(AppFormViewSet):
    """Posts."""

    @operation(
        summary="Publish a post",
        request={"multipart/form-data": NewPostSerializer},
        responses={201: NewPostAnswerSerializer},
        rate_limits=[rate_limit("post-member", by="member")],
        switches=[POSTING],
        idempotent=True,
        stores_response=True,
    )
    def register(self, request: Request) -> Response:
        """Publish a post with its images in order; one invalid image refuses them all."""
        data = self.data_without_actor()
        with accepted_images(data["files"], owner=self.member, request=request) as images, transaction.atomic():
            mark_stored(images)
            image_ids = [image.pk for image in images]
            post = Post.objects.publish(author=self.member, text=data["content"], image_ids=image_ids)
            # In the transaction: if reading failed after it, the app would send the post again.
            (representation,) = app_post_representations(
                list(app_post_values(Post.objects.filter(pk=post.pk))), self.member.pk
            )
            return self.store_response(Response({"post_id": representation.pop("id"), **representation}, status=201))

    @operation(
        summary="Read the feed",
        query=FeedSerializer,
        responses=PostPageSerializer,
        errors=[NotTheMember],
        replica=True,
    )
    def feed(self, request: Request) -> Response:
        """Return a page of the feed, newest first."""
        query = self.validated_query()
        self.require_actor(query.pop("member_id"))
        return self._page_response(feed_page(self.member, int(self.token["sid"]), **query))

    @operation(summary="Read the posts of a member", query=PageSerializer, responses=PostPageSerializer, replica=True)
    def author_feed(self, request: Request, member_id: int) -> Response:
        """Return a page of one member's posts; empty for one that the reader may not see."""
        query = self.validated_query()
        return self._page_response(author_page(self.member, member_id, int(self.token["sid"]), **query))

    @operation(summary="Delete a post", responses={204: OpenApiResponse(description="The post is deleted.")})
    @transaction.atomic
    def delete(self, request: Request, post_id: int) -> Response:
        """Delete one's own post; somebody else's is answered as unknown."""
        visible = Post.objects.visible_to(self.member).select_for_update(of=("self",))
        post = get_object_or_404(visible, pk=post_id)
        if not post.may_be_deleted_by(self.member):
            raise NotYours
        post.erase()
        return Response(status=204)

    def _page_response(self, rows: list[dict[str, object]]) -> Response:
        posts = app_post_representations(rows, self.member.pk)
        return Response({"size": len(posts), "posts": posts})
