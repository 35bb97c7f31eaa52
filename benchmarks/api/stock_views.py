"""The stock server: posts by REST framework as its tutorial writes them, on our tables, with blocks and follows.

Model serializers, a model viewset, its cursor pagination, and prefetched images.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import include, path
from rest_framework import pagination, routers, serializers, viewsets

from accounts.models import Member
from media.models import Image
from posts.models import Post, PostImage


class ImageSerializer(serializers.ModelSerializer[Image]):
    """An image."""

    class Meta:
        model = Image
        fields = ["id", "key", "width", "height", "blurhash", "alt"]


class MemberSerializer(serializers.ModelSerializer[Member]):
    """An author with the avatar."""

    avatar = ImageSerializer(source="avatar.image", default=None)

    class Meta:
        model = Member
        fields = ["id", "nickname", "avatar"]


class PostImageSerializer(serializers.ModelSerializer[PostImage]):
    """An image at its position in a post."""

    image = ImageSerializer()

    class Meta:
        model = PostImage
        fields = ["position", "image"]


class PostSerializer(serializers.ModelSerializer[Post]):
    """A post with author and images."""

    author = MemberSerializer(read_only=True)
    post_images = PostImageSerializer(many=True, read_only=True)

    class Meta:
        model = Post
        fields = ["id", "author", "text", "post_images", "created_at", "edited_at"]


class NewestFirst(pagination.CursorPagination):
    """Newest first."""

    ordering = ("-created_at", "-id")


class PostViewSet(viewsets.ModelViewSet[Post]):
    """Posts."""

    serializer_class = PostSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Post]:
        viewer: Any = self.request.user
        posts = Post.objects.visible_to(viewer)
        if author := self.request.query_params.get("author"):
            posts = posts.filter(author=int(author))
        if self.request.query_params.get("following"):
            posts = posts.followed_by(viewer)
        return posts.select_related("author__avatar__image").prefetch_related("post_images__image")

    def perform_create(self, serializer: Any) -> None:
        serializer.save(author=self.request.user)


router = routers.SimpleRouter(trailing_slash=False)
router.register("posts", PostViewSet, basename="post")
urlpatterns = [path("api/v1/", include(router.urls)), path("readyz", lambda request: HttpResponse())]
