"""/posts: feeds, publishing, reading, editing and deleting."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import TextRefused
from accounts.openapi_examples import JUN
from libs.api.conditional_requests import check_preconditions, compute_etag, etag_response
from libs.api.fields import parse_id
from libs.api.multipart import StrictMultiPartParser
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.parsers import StrictJSONParser
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.keyset.querysets import QuerySetSource
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_rate_limit, rate_limit
from media.errors import UPLOAD_ERRORS, ImageNotUsable, TooManyImages
from media.openapi_examples import IMAGE
from media.uploads import accepted_images, mark_stored
from posts.errors import NotYours, PostEmpty
from posts.feed_cache import CachedFeed, cached_feed, feed_redis_keys
from posts.filters import PostFilter
from posts.models import Post
from posts.models.post import TAG_ORDER
from posts.openapi_examples import EDITED_POST, POST
from posts.representations import (
    compiled_author_feed,
    compiled_feed,
    compiled_followed_feed,
    compiled_post,
    compiled_tag_feed,
    editable_part,
    feed_values,
    post_representations,
    post_values,
)
from posts.serializers import PostCreateSerializer, PostSerializer, PostUpdateSerializer, PostUploadSerializer
from posts.switches import POSTING
from posts.tags import parse_key


class PostViewSet(StrictViewSet):
    """Posts and feeds."""

    queryset = Post.objects.none()
    pagination_class = KeysetPagination
    filter_backends = (DjangoFilterBackend,)
    filterset_class = PostFilter
    parser_classes = (StrictJSONParser, StrictMultiPartParser)

    def redis_keys(self, member_id: int) -> Sequence[str]:
        """Return the keys that the feed needs."""
        return feed_redis_keys(member_id) if self.action in ("list", "retrieve") else ()

    @operation(
        id="list_posts",
        summary="Read a feed",
        description="What you may see of members whom you do not mute, newest first; `author` (a muted one too), "
        "`following=true`, `tag` and `search` narrow it. Keep "
        "`previous` of the first page to read newer posts later.",
        query_parameters=[*PAGE_PARAMETERS, *PostFilter.base_filters],
        responses=PostSerializer(many=True),
        examples=[response_example(POST)],
        errors=[InvalidCursor, TooManyRequests],
        replica=True,
    )
    def list(self, request: Request) -> HttpResponse:
        """Read one page of a feed."""
        feed = self.select_feed(request)
        rows = self.paginate_queryset(feed) or []
        if isinstance(feed, CachedFeed):
            return self.get_paginated_response(feed.representations(rows))
        return self.get_paginated_response(post_representations(rows, self.member.pk))

    def select_feed(self, request: Request) -> Any:
        """The posts that the query parameters select; the feeds that are read most are compiled."""
        filters = request.query_params.keys() - set(PAGE_PARAMETERS)
        if not filters:
            feed = compiled_feed(viewer=self.member.pk)
            return cached_feed(self.member.pk, self.redis_values, feed) or feed
        if filters == {"author"} and (author := parse_id(request.query_params["author"])):
            return compiled_author_feed(viewer=self.member.pk, author=author)
        if filters == {"following"} and request.query_params["following"] == "true":
            return compiled_followed_feed(viewer=self.member.pk)
        if filters == {"tag"} and (key := parse_key(request.query_params["tag"])):
            return compiled_tag_feed(viewer=self.member.pk, key=key)
        if "search" in filters:
            # A search may be one that no index answers.
            enforce_rate_limit("search-member", f"member:{self.member.pk}", self.request)
        # Somebody who looks at a profile wants to see its posts, muted or not.
        values = post_values if "author" in filters else feed_values
        posts = self.filter_queryset(Post.objects.feed_for(self.member))
        sorted_by = TAG_ORDER if request.query_params.get("tag") else None
        return QuerySetSource(values(posts, self.member), KeysetPagination.columns, sorted_by)

    @operation(
        id="create_post",
        summary="Publish a post",
        description="As JSON with the ids of images that were uploaded before, or as multipart with the image files.",
        request={"application/json": PostCreateSerializer, "multipart/form-data": PostUploadSerializer},
        responses={201: PostSerializer},
        examples=[
            request_example(
                {"text": "First snow of the year with Jun.", "image_ids": [IMAGE["id"]], "mentions": [JUN["id"]]}
            ),
            response_example(POST, 201),
        ],
        rate_limits=[rate_limit("post-member", by="member")],
        errors=[PostEmpty, TextRefused, TooManyImages, ImageNotUsable, *UPLOAD_ERRORS],
        switches=[POSTING],
        idempotent=True,
        stores_response=True,
    )
    def create(self, request: Request) -> Response:
        """Publish a post."""
        data = self.validated_data()
        files, alts = data.pop("images", ()), data.pop("alts", ())
        with accepted_images(files, owner=self.member, alts=alts, request=request) as images, transaction.atomic():
            # First, since a post can only claim stored images.
            mark_stored(images)
            image_ids = data["image_ids"] if "image_ids" in data else [image.pk for image in images]
            texts = {"text": data["text"], "mentions": data["mentions"]}
            post = Post.objects.publish(author=self.member, **texts, image_ids=image_ids)
            return self.store_response(Response(self.get_representation(post.pk), status=201))

    @operation(
        id="get_post",
        summary="Read a post",
        responses=PostSerializer,
        examples=[response_example(POST)],
        etag=True,
        replica=True,
    )
    def retrieve(self, request: Request, post_id: int) -> HttpResponse:
        """Read one post."""
        feed = cached_feed(self.member.pk, self.redis_values, compiled_feed(viewer=self.member.pk))
        return etag_response(
            request, (feed and feed.post(post_id)) or self.get_representation(post_id), part=editable_part
        )

    @operation(
        id="update_post",
        summary="Edit your post",
        description="Changes the text and, if they are sent, the mentions; the images stay. Only you can read the "
        "former text.",
        request={"application/json": PostUpdateSerializer},
        responses=PostSerializer,
        examples=[request_example({"text": "First snow!"}), response_example(EDITED_POST)],
        rate_limits=[rate_limit("edit-member", by="member")],
        errors=[PostEmpty, TextRefused, NotYours],
        if_match=True,
    )
    def partial_update(self, request: Request, post_id: int) -> Response:
        """Change the text."""
        visible = Post.objects.visible_to(self.member)
        post = get_object_or_404(visible, pk=post_id)
        if not post.may_be_edited_by(self.member):
            raise NotYours
        data = self.validated_data(post)
        with transaction.atomic():
            post = get_object_or_404(visible.select_for_update(of=("self",), no_key=True), pk=post_id)
            check_preconditions(request, lambda: self.get_representation(post_id), editable_part)
            post.edit(**data)
            representation = self.get_representation(post_id)
        return Response(representation, headers={"ETag": compute_etag(representation, editable_part)})

    @operation(
        id="delete_post",
        summary="Delete your post",
        responses={204: OpenApiResponse(description="It is deleted for good.")},
        errors=[NotYours],
        if_match=True,
    )
    @transaction.atomic
    def destroy(self, request: Request, post_id: int) -> Response:
        """Delete the post and its images."""
        visible = Post.objects.visible_to(self.member).select_for_update(of=("self",))
        post = get_object_or_404(visible, pk=post_id)
        if not post.may_be_deleted_by(self.member):
            raise NotYours
        check_preconditions(request, lambda: self.get_representation(post_id), editable_part)
        post.erase()
        return Response(status=204)

    def get_representation(self, post_id: int) -> dict[str, Any]:
        """One post as the member sees it; raises Http404."""
        rows = compiled_post.rows(viewer=self.member.pk, post=post_id)
        if not rows:
            raise Http404
        return post_representations(rows, self.member.pk)[0]
