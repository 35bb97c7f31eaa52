"""The path converter `id`."""

from django.urls import register_converter

from libs.api.fields import parse_id


class IdConverter:
    """`<id:post_id>`: a positive 63-bit number; a path with anything else does not exist."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the number; raise ValueError, which Django turns into 404."""
        number = parse_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """Return the number as text."""
        return str(value)


register_converter(IdConverter, "id")
