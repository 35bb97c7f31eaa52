"""Views of no app in particular: the settings that clients need, OpenAPI documents and Swagger UI."""

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

from accounts.models.member import ABOUT_MAX_GRAPHEMES, NAME_MAX_GRAPHEMES, NICKNAME_MAX_GRAPHEMES
from libs.api.conditional_requests import etag_response
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.renderers import JSONOnlyNegotiation
from libs.api.viewsets import StrictViewSet
from libs.switches.states import states
from libs.throttling.throttles import rate_limit
from media.models import ALT_MAX_GRAPHEMES
from media.processing.pipeline import accepted_media_types
from posts.filters import SEARCH_MAX_GRAPHEMES


class ClientConfigSerializer(serializers.Serializer[Any]):
    """Limits and versions that a client needs before it starts."""

    minimum_client_version = serializers.CharField(help_text="Older clients ask people to update.")
    terms_version = serializers.CharField(help_text="The version that a new member accepts.")
    terms_url = serializers.URLField(allow_null=True, help_text="The page with the terms; null on local servers.")
    privacy_url = serializers.URLField(allow_null=True, help_text="The page with the privacy policy; likewise.")
    post_max_graphemes = serializers.IntegerField(help_text="Characters as people count them.")
    post_max_images = serializers.IntegerField()
    comment_max_graphemes = serializers.IntegerField()
    alt_max_graphemes = serializers.IntegerField()
    name_max_graphemes = serializers.IntegerField()
    nickname_max_graphemes = serializers.IntegerField()
    about_max_graphemes = serializers.IntegerField()
    report_max_graphemes = serializers.IntegerField()
    search_max_graphemes = serializers.IntegerField(
        help_text="Of a search in posts; a search for members has `nickname_max_graphemes`."
    )
    image_max_bytes = serializers.IntegerField()
    image_max_pixels = serializers.IntegerField()
    image_types = serializers.ListField(child=serializers.CharField())
    password_min_length = serializers.IntegerField(help_text="In code points.")
    page_size_max = serializers.IntegerField()
    withdrawal_grace_days = serializers.IntegerField(help_text="For so many days a withdrawal can be cancelled.")


def client_config() -> dict[str, Any]:
    """Return the settings for clients, the same that the server's rules read."""
    return {
        "minimum_client_version": settings.MINIMUM_CLIENT_VERSION,
        "terms_version": settings.TERMS_VERSION,
        "terms_url": settings.TERMS_URL or None,
        "privacy_url": settings.PRIVACY_URL or None,
        "post_max_graphemes": settings.POST_MAX_GRAPHEMES,
        "post_max_images": settings.POST_MAX_IMAGES,
        "comment_max_graphemes": settings.COMMENT_MAX_GRAPHEMES,
        "alt_max_graphemes": ALT_MAX_GRAPHEMES,
        "name_max_graphemes": NAME_MAX_GRAPHEMES,
        "nickname_max_graphemes": NICKNAME_MAX_GRAPHEMES,
        "about_max_graphemes": ABOUT_MAX_GRAPHEMES,
        "report_max_graphemes": settings.REPORT_MAX_GRAPHEMES,
        "search_max_graphemes": SEARCH_MAX_GRAPHEMES,
        "image_max_bytes": settings.IMAGE_MAX_BYTES,
        "image_max_pixels": settings.IMAGE_MAX_PIXELS,
        "image_types": accepted_media_types(),
        "password_min_length": settings.PASSWORD_MIN_LENGTH,
        "page_size_max": settings.PAGE_SIZE_MAX,
        "withdrawal_grace_days": settings.WITHDRAWAL_GRACE_DAYS,
    }


class ClientConfigViewSet(StrictViewSet):
    """Settings for clients: the same for everybody, so caches may store them for some minutes."""

    @operation(
        id="get_client_config",
        public=True,
        summary="Read what a client should know before it starts",
        responses=ClientConfigSerializer,
        examples=[response_example(client_config())],
        rate_limits=[rate_limit("config-address")],
        etag=True,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """Return limits, accepted types of images, and versions."""
        states.refresh_if_due()
        return etag_response(request, client_config(), cache="public, max-age=300")


@cache
def render_schema(generator: Any = SchemaGenerator) -> bytes:
    """Return an OpenAPI document in YAML; cached, because it takes a second and changes with the code only."""
    document = generator().get_schema(request=None, public=True)
    return bytes(OpenApiYamlRenderer().render(document, renderer_context={}))


def schema(request: HttpRequest, generator: Any = SchemaGenerator) -> HttpResponse:
    """Answer with the OpenAPI document of v1, or of the generator that is given."""
    return HttpResponse(render_schema(generator), content_type="application/vnd.oai.openapi; charset=utf-8")


class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI with its script in a file of its own, as the Content-Security-Policy demands."""

    content_negotiation_class = JSONOnlyNegotiation
    throttle_classes = ()
    renderer_classes = [TemplateHTMLRenderer]

    def get_exception_handler(self) -> Any:
        """Return REST framework's own handler: this is an HTML page."""
        return exception_handler
