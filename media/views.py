"""/images: pictures sent before the post that will show them."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.conditional_requests import check_preconditions, compute_etag, etag_response, render_json
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import rate_limit
from media.errors import INTAKE, ImageInUse
from media.models import Image, ImageQuerySet
from media.openapi_examples import IMAGE
from media.serializers import AltSerializer, ImageSerializer, NewImageSerializer
from media.uploads import accepted_images, mark_stored


class ImageViewSet(StrictViewSet):
    """One's own pictures. They wait a day for something that shows them and are deleted then."""

    def get_queryset(self) -> ImageQuerySet:
        """What the asker sent, as long as it is kept."""
        return Image.objects.stored().filter(owner=self.member.pk)

    def get_parsers(self) -> list[BaseParser]:
        """Files come as multipart, everything else as JSON."""
        is_upload = getattr(self.request, "method", "") == "POST"
        return [MultiPartParser()] if is_upload else super().get_parsers()

    @operation(
        summary="Send a picture",
        description="Multipart, with the part `image` and perhaps `alt`. The picture is turned upright, converted to "
        "sRGB and rid of everything it tells about place and camera; of an animation the first frame is kept. `thumb` "
        "and `feed` are the full picture for a moment, until smaller ones are made. A picture that nothing shows for "
        "a day is deleted.",
        request=NewImageSerializer,
        responses={201: ImageSerializer},
        examples=[response_example(IMAGE, 201)],
        rate_limits=[rate_limit("upload-member", by="member")],
        errors=INTAKE,
        idempotent=True,
        stores_response=True,
    )
    def create(self, request: Request) -> Response:
        """Take one picture."""
        data = self.validated_data()
        with (
            accepted_images([data["image"]], owner=self.member, alts=[data["alt"]]) as (image,),
            transaction.atomic(),
        ):
            mark_stored([image])
            return self.store_response(Response(image.as_picture(), status=201))

    @operation(
        summary="Read one of your pictures",
        description="Also tells whether its smaller variants and its blurhash are made.",
        responses=ImageSerializer,
        examples=[response_example(IMAGE)],
        etag=True,
    )
    def retrieve(self, request: Request, image_id: int) -> HttpResponse:
        """Show one picture to its owner."""
        return etag_response(request, self.own(image_id).as_picture())

    @operation(
        summary="Say what a picture shows",
        description="Changes the words for those who do not see it, also where a post shows it already.",
        request=AltSerializer,
        responses=ImageSerializer,
        examples=[request_example({"alt": IMAGE["alt"]}), response_example(IMAGE)],
        if_match=True,
    )
    def partial_update(self, request: Request, image_id: int) -> Response:
        """Change the words."""
        self.own(image_id)
        alt = self.validated_data()["alt"]
        with transaction.atomic():
            image = self.as_read(image_id)
            image.describe(alt)
        return Response(image.as_picture(), headers={"ETag": compute_etag(render_json(image.as_picture()))})

    @operation(
        summary="Delete a picture that nothing shows",
        description="One that a post or an avatar shows is deleted together with that.",
        responses={204: OpenApiResponse(description="It is gone for good.")},
        errors=[ImageInUse],
        if_match=True,
    )
    def destroy(self, request: Request, image_id: int) -> Response:
        """Delete one picture."""
        with transaction.atomic():
            self.as_read(image_id).give_up()
        return Response(status=204)

    def own(self, image_id: int) -> Image:
        """The asker's picture with this id, or 404."""
        return get_object_or_404(self.get_queryset(), pk=image_id)

    def as_read(self, image_id: int) -> Image:
        """The asker's picture, locked for a change; raises PreconditionFailed when it is not what they have read."""
        image = get_object_or_404(self.get_queryset().select_for_update(), pk=image_id)
        check_preconditions(self.request, image.as_picture)
        return image
