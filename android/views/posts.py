"""post/*: writing, reading, deleting."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from android.errors import NotTheMember
from android.offset_pages import feed_page, own_page, rows_of
from android.parsers import AppFormParser
from android.representations import written
from android.response_serializers import NewPostAnswerSerializer, PostPageSerializer
from android.serializers import FeedSerializer, NewPostSerializer, PageSerializer
from android.views.base import AppViewSet
from libs.api.operations import operation
from libs.throttling.throttles import rate_limit
from media.uploads import accepted_images, mark_stored
from posts.errors import NotYours
from posts.models import Post


class AppPostViewSet(AppViewSet):
    """What members say."""

    parser_classes = (AppFormParser,)

    @operation(
        summary="Write a post",
        request={"multipart/form-data": NewPostSerializer},
        responses={201: NewPostAnswerSerializer},
        rate_limits=[rate_limit("post-member", by="member")],
    )
    def register(self, request: Request) -> Response:
        """With its pictures in the order chosen; one that cannot be taken refuses them all."""
        said = self.body_of_asker()
        with accepted_images(said["files"], owner=self.member) as images, transaction.atomic():
            mark_stored(images)
            image_ids = [image.pk for image in images]
            post = Post.objects.publish(author=self.member, text=said["content"], image_ids=image_ids)
            # In the transaction: if reading fails, the app sends the post again, and there would be two.
            (shown,) = written(list(rows_of(Post.objects.filter(pk=post.pk))), self.member.pk)
        return Response({"post_id": shown.pop("id"), **shown}, status=201)

    @operation(summary="Read the feed", query=FeedSerializer, responses=PostPageSerializer, errors=[NotTheMember])
    def feed(self, request: Request) -> Response:
        """Everybody's posts, newest first."""
        asked = self.validated_query()
        self.must_be(asked.pop("member_id"))
        return self._told(feed_page(self.member, int(self.token["sid"]), **asked))

    @operation(summary="Read the posts of a member", query=PageSerializer, responses=PostPageSerializer)
    def of_member(self, request: Request, member_id: int) -> Response:
        """The app asks for its own only; whom the asker may not see has none."""
        asked = self.validated_query()
        return self._told(own_page(self.member, member_id, int(self.token["sid"]), **asked))

    @operation(summary="Delete a post", responses={204: OpenApiResponse(description="It is gone.")})
    @transaction.atomic
    def delete(self, request: Request, post_id: int) -> Response:
        """One's own; somebody else's is answered like one that is not there."""
        visible = Post.objects.visible_to(self.member).select_for_update(of=("self",))
        post = get_object_or_404(visible, pk=post_id)
        if not post.may_be_deleted_by(self.member):
            raise NotYours
        post.erase()
        return Response(status=204)

    def _told(self, rows: list[dict[str, object]]) -> Response:
        posts = written(rows, self.member.pk)
        return Response({"size": len(posts), "posts": posts})
