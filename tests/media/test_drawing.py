"""Drawn landscapes for towns without photographs."""

from io import BytesIO

import pytest
from PIL import Image

from media.processing import pipeline
from operations.demo_data.landscapes import draw
from tests.media.pictures import sent


def test_the_same_number_draws_the_same_landscape() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


@pytest.mark.parametrize("size", [(960, 720), (300, 900), (64, 64)])
def test_a_landscape_is_a_picture_of_the_size_asked_for(size: tuple[int, int]) -> None:
    with Image.open(BytesIO(draw(1, size))) as picture:
        assert picture.size == size
        assert len(picture.getcolors(1_000_000) or ()) > 20
    assert pipeline.process_image(sent(draw(1, size))).width == size[0]
