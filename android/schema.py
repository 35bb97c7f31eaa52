"""How the app's calls are described, in a document of their own."""

from drf_spectacular.openapi import AutoSchema


class AppSchema(AutoSchema):
    """drf-spectacular's reading of a call."""
