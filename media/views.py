"""/images: images that are uploaded before the post or profile that shows them."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.conditional_requests import check_preconditions, compute_etag, etag_response
from libs.api.multipart import StrictMultiPartParser
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import rate_limit
from media.errors import UPLOAD_ERRORS, ImageInUse
from media.models import Image, ImageQuerySet
from media.openapi_examples import IMAGE
from media.serializers import ImageSerializer, ImageUpdateSerializer, ImageUploadSerializer
from media.uploads import accepted_images, mark_stored


class ImageViewSet(StrictViewSet):
    """One's own images."""

    def get_queryset(self) -> ImageQuerySet:
        return Image.objects.public().filter(owner=self.member.pk)

    def get_parsers(self) -> list[BaseParser]:
        """Multipart for an upload, JSON for everything else."""
        is_upload = getattr(self.request, "method", "") == "POST"
        return [StrictMultiPartParser()] if is_upload else super().get_parsers()

    @operation(
        id="upload_image",
        summary="Upload an image",
        description="Multipart, with the part `image` and perhaps `alt`. The image is turned upright, converted to "
        "sRGB and stripped of its metadata, place and camera included; of an animation the first frame is taken. Until "
        "the smaller variants are made, `thumb` and `feed` are the full image. An image that no post and no avatar "
        "shows is deleted after a day.",
        request=ImageUploadSerializer,
        responses={201: ImageSerializer},
        examples=[response_example(IMAGE, 201)],
        rate_limits=[rate_limit("upload-member", by="member")],
        errors=UPLOAD_ERRORS,
        idempotent=True,
        stores_response=True,
    )
    def create(self, request: Request) -> Response:
        """Upload one image."""
        data = self.validated_data()
        with (
            accepted_images([data["image"]], owner=self.member, alts=[data["alt"]], request=request) as (image,),
            transaction.atomic(),
        ):
            mark_stored([image])
            return self.store_response(Response(image.to_representation(), status=201))

    @operation(
        id="get_image",
        summary="Read one of your images",
        description="Shows also whether its smaller variants and its blurhash are made.",
        responses=ImageSerializer,
        examples=[response_example(IMAGE)],
        etag=True,
    )
    def retrieve(self, request: Request, image_id: int) -> HttpResponse:
        """Read one image."""
        return etag_response(request, self.get_image(image_id).to_representation())

    @operation(
        id="update_image",
        summary="Describe an image",
        description="Changes the alt text, also where a post shows the image already.",
        request=ImageUpdateSerializer,
        responses=ImageSerializer,
        examples=[request_example({"alt": IMAGE["alt"]}), response_example(IMAGE)],
        if_match=True,
    )
    def partial_update(self, request: Request, image_id: int) -> Response:
        """Change the alt text."""
        self.get_image(image_id)
        alt = self.validated_data()["alt"]
        with transaction.atomic():
            image = self.lock_image(image_id)
            image.set_alt(alt)
        representation = image.to_representation()
        return Response(representation, headers={"ETag": compute_etag(representation)})

    @operation(
        id="delete_image",
        summary="Delete an image that nothing shows",
        description="An image that a post or an avatar shows is deleted together with that.",
        responses={204: OpenApiResponse(description="It is deleted for good.")},
        errors=[ImageInUse],
        if_match=True,
    )
    def destroy(self, request: Request, image_id: int) -> Response:
        """Delete one image."""
        with transaction.atomic():
            self.lock_image(image_id).discard()
        return Response(status=204)

    def get_image(self, image_id: int) -> Image:
        """One of the member's images; raises Http404."""
        return get_object_or_404(self.get_queryset(), pk=image_id)

    def lock_image(self, image_id: int) -> Image:
        """One of the member's images, locked for a change; raises Http404, or PreconditionFailed by If-Match."""
        image = get_object_or_404(self.get_queryset().select_for_update(), pk=image_id)
        check_preconditions(self.request, image.to_representation)
        return image
