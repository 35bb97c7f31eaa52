"""Drawn landscapes, the images of the demo data."""

import pytest

from media.processing import pipeline
from media.processing.decoding import encode_jpeg
from operations.demo_data.drawings import draw_landscape
from tests.media.sample_images import uploaded_file


def test_the_same_seed_draws_the_same_landscape() -> None:
    assert draw_landscape(7, (96, 72)).tobytes() == draw_landscape(7, (96, 72)).tobytes()
    assert draw_landscape(7, (96, 72)).tobytes() != draw_landscape(8, (96, 72)).tobytes()


@pytest.mark.parametrize("size", [(960, 720), (300, 900), (64, 64)])
def test_a_landscape_has_the_requested_size_and_is_accepted_as_an_upload(size: tuple[int, int]) -> None:
    landscape = draw_landscape(1, size)
    assert landscape.size == size
    assert len(landscape.getcolors(1_000_000) or ()) > 20
    assert pipeline.process_image(uploaded_file(encode_jpeg(landscape))).width == size[0]
