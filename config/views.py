"""What spans all rooms on the API: what a client should know before it starts, and the description of it all."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.views import exception_handler

from libs.api.conditional_requests import etag_response
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.renderers import JSONOnlyNegotiation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import rate_limit
from media.processing.pipeline import accepted_media_types


class ClientConfigSerializer(serializers.Serializer[Any]):
    """Limits and versions a client needs before it starts."""

    minimum_client_version = serializers.CharField(help_text="Older clients ask their owner to update.")
    terms_version = serializers.CharField(help_text="The version a new member accepts.")
    post_max_graphemes = serializers.IntegerField(help_text="What people count as letters.")
    post_max_images = serializers.IntegerField()
    image_max_bytes = serializers.IntegerField()
    image_max_pixels = serializers.IntegerField()
    image_types = serializers.ListField(child=serializers.CharField())
    password_min_length = serializers.IntegerField(help_text="Code points.")
    page_size_max = serializers.IntegerField()
    withdrawal_grace_days = serializers.IntegerField(help_text="So long a withdrawn member can come back.")


def client_config() -> dict[str, Any]:
    """The same settings the rules read."""
    return {
        "minimum_client_version": settings.MINIMUM_CLIENT_VERSION,
        "terms_version": settings.TERMS_VERSION,
        "post_max_graphemes": settings.POST_MAX_GRAPHEMES,
        "post_max_images": settings.POST_MAX_IMAGES,
        "image_max_bytes": settings.IMAGE_MAX_BYTES,
        "image_max_pixels": settings.IMAGE_MAX_PIXELS,
        "image_types": accepted_media_types(),
        "password_min_length": settings.PASSWORD_MIN_LENGTH,
        "page_size_max": settings.PAGE_SIZE_MAX,
        "withdrawal_grace_days": settings.WITHDRAWAL_GRACE_DAYS,
    }


class ClientConfigViewSet(StrictViewSet):
    """The same for everybody, so it may be kept for some minutes."""

    @operation(
        public=True,
        summary="Read what a client should know before it starts",
        responses=ClientConfigSerializer,
        examples=[response_example(client_config())],
        rate_limits=[rate_limit("config-address")],
        etag=True,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """Limits, accepted pictures, versions."""
        return etag_response(request, client_config(), cache="public, max-age=300")


@cache
def render_schema(generator: Any = SchemaGenerator) -> bytes:
    """OpenAPI in YAML; it cannot change while the process lives, and writing it takes a second."""
    document = generator().get_schema(request=None, public=True)
    return bytes(OpenApiYamlRenderer().render(document, renderer_context={}))


def schema(request: HttpRequest, generator: Any = SchemaGenerator) -> HttpResponse:
    """The description of the API, or of another wire that a generator is given for."""
    return HttpResponse(render_schema(generator), content_type="application/vnd.oai.openapi; charset=utf-8")


class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI with its script in a file of its own, so that the content security policy holds."""

    content_negotiation_class = JSONOnlyNegotiation
    throttle_classes = ()
    renderer_classes = [TemplateHTMLRenderer]

    def get_exception_handler(self) -> Any:
        """REST framework's own: this page is for people."""
        return exception_handler
