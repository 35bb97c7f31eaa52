"""Ids in paths."""

from django.urls import register_converter

from libs.api.fields import parse_id


class IdConverter:
    """`<id:post_id>`: a positive 63-bit number; anything else is an address that does not exist."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """The number, or ValueError, which Django turns into 404."""
        number = parse_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """The number as text."""
        return str(value)


register_converter(IdConverter, "id")
