"""Processing of valid images, however odd their files are."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from media.errors import ImageTooLarge, NotAnImage, TooManyImages
from media.processing import pipeline
from media.processing.decoding import TRANSPOSE_BY_ORIENTATION, ProcessedImage
from tests.media.heic import heic
from tests.media.sample_images import (
    COLOURS,
    are_similar,
    colours_of,
    encoded,
    exif_with,
    four_colours,
    insert_segments,
    photograph,
    png,
    segment,
    swapped_profile,
    uploaded_file,
)

pytestmark = pytest.mark.one_leg

ORIENTATIONS = range(1, 9)
# What puts an image into the position that an orientation turns back.
TURNED: dict[int, Any] = TRANSPOSE_BY_ORIENTATION | {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def finished(data: bytes) -> Image.Image:
    """The processed image, opened again."""
    return Image.open(BytesIO(pipeline.process_image(uploaded_file(data)).data))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_image_is_stored_upright_and_without_its_place(kind: str, orientation: int) -> None:
    image = four_colours() if orientation == 1 else four_colours().transpose(TURNED[orientation])
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(image, kind, exif=exif_with(orientation), **options)
    processed = pipeline.process_image(uploaded_file(data))
    upright = Image.open(BytesIO(processed.data))
    assert (processed.width, processed.height) == upright.size == (120, 80)
    assert are_similar(colours_of(upright), COLOURS, by=24)
    assert not upright.getexif()
    assert b"SpyCam" in data
    assert b"SpyCam" not in processed.data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_but_pixels_is_stored_of_a_file(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(
        four_colours(),
        kind,
        exif=exif_with(1),
        icc_profile=profile,
        xmp=b"<x>secret</x>",
        comment=b"secret",
        dpi=(72, 72),
    )
    processed = finished(data)
    assert set(processed.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert processed.format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_becomes_an_rgb_image(mode: str) -> None:
    image = Image.new("I;16", (64, 48), 40_000) if mode == "I;16" else Image.new("RGB", (64, 48), "white").convert(mode)
    processed = finished(encoded(image, "PNG"))
    assert processed.mode == "RGB"
    assert are_similar(colours_of(processed), [(156,) * 3 if mode == "I;16" else (255,) * 3] * 4)


@pytest.mark.parametrize("mode", ["LA", "P", "RGBA"])
def test_transparent_parts_of_an_image_become_white(mode: str) -> None:
    image = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 32, 48))
    processed = finished(encoded(image.convert(mode), "PNG", **({"transparency": 0} if mode == "P" else {})))
    assert colours_of(processed)[1][0] > 240


def test_a_cmyk_image_is_converted_to_the_same_colours() -> None:
    red = Image.new("CMYK", (64, 48), (0, 255, 255, 0))
    assert are_similar(colours_of(finished(encoded(red, "JPEG"))), [(255, 0, 0)] * 4)


def test_an_image_is_converted_to_srgb_by_its_own_profile() -> None:
    data = encoded(Image.new("RGB", (64, 48), (255, 0, 0)), "PNG", icc_profile=swapped_profile())
    red, green, _ = colours_of(finished(data))[0]
    assert green > 200 > red


@pytest.mark.parametrize(
    "profile", [b"nonsense", b"\0" * 2_000, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_colour_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    assert are_similar(colours_of(finished(encoded(four_colours(), "JPEG", icc_profile=profile))), COLOURS)


def test_of_two_images_in_a_file_the_first_is_stored() -> None:
    data = encoded(four_colours(), "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80))])
    assert are_similar(colours_of(finished(data)), COLOURS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_first_frame_is_stored(kind: str) -> None:
    frames = [Image.new("RGB", (120, 80), shade) for shade in ("black", "white", "grey")]
    assert are_similar(
        colours_of(finished(encoded(four_colours(), kind, save_all=True, append_images=frames, quality=90))),
        COLOURS,
        by=40,
    )


def test_a_heic_of_many_tiles_is_scaled_down() -> None:
    assert finished(heic([(220, 128, 128)] * 4, tiles=192)).size == (6_144, 32)


@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("tiles", [1, 3])
def test_a_heic_is_decoded_as_one_or_in_tiles_and_rotated(tiles: int, turns: int) -> None:
    quarters = [(220, 128, 128), (20, 128, 128), (120, 128, 128), (120, 128, 128)]
    processed = finished(heic(quarters, tiles, turns))
    assert processed.size == ((32 * tiles, 32) if turns == 0 else (32, 32 * tiles))
    assert processed.getpixel((2, 2 if turns == 0 else processed.height - 3))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (1, 1), (3, 2_049)])
def test_an_image_of_any_shape_has_sides_of_at_least_one_pixel(size: tuple[int, int]) -> None:
    processed = finished(encoded(Image.new("RGB", size, "teal"), "JPEG"))
    assert min(processed.size) >= 1
    assert max(processed.size) <= 16_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_image_is_scaled_down_in_proportion(kind: str) -> None:
    processed = finished(encoded(four_colours(4_100, 3_075), kind))
    assert processed.size == (2_048, 1_536)
    assert are_similar(colours_of(processed), COLOURS)


@pytest.mark.parametrize(("side", "width"), [(76, 38), (75, 40), (80, 40), (82, 40), (156, 39), (40, 40), (39, 39)])
def test_a_jpeg_is_stored_a_little_smaller_if_halving_gets_it_there(side: int, width: int, settings: Any) -> None:
    settings.IMAGE_LONGEST_SIDE = 40
    finished = pipeline.process_image(uploaded_file(photograph(side, side * 3 // 4)))
    assert finished.width == width
    assert pipeline.process_image(uploaded_file(encoded(four_colours(side, side * 3 // 4), "PNG"))).width == min(
        side, 40
    )


def test_the_longest_side_of_stored_images_is_a_setting(settings: Any) -> None:
    settings.IMAGE_LONGEST_SIDE = 50
    assert finished(photograph()).size == (50, 38)


def test_a_file_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not(settings: Any) -> None:
    image = photograph()
    settings.IMAGE_MAX_BYTES = len(image) + 100
    assert pipeline.process_all([uploaded_file(image + bytes(100))])
    with pytest.raises(ImageTooLarge):
        pipeline.process_all([uploaded_file(image + bytes(101))])


def test_ten_images_at_once_are_processed_in_their_order() -> None:
    files = [uploaded_file(encoded(Image.new("RGB", (10 + number, 10)), "PNG")) for number in range(11)]
    assert [one.width for one in pipeline.process_all(files[:10])] == list(range(10, 20))
    with pytest.raises(TooManyImages):
        pipeline.process_all(files)


def test_one_bad_file_makes_the_others_refused_too() -> None:
    with pytest.raises(NotAnImage):
        pipeline.process_all([uploaded_file(photograph()), uploaded_file(b"no image"), uploaded_file(photograph())])


@pytest.mark.parametrize(("name", "kind"), [("evil.php", "text/html"), ("../../etc/passwd", "image/png"), ("", "")])
def test_the_name_and_declared_type_of_a_file_do_not_matter(name: str, kind: str) -> None:
    assert isinstance(pipeline.process_image(uploaded_file(photograph(), name or "x", kind)), ProcessedImage)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO", "JPEG2000"])
def test_formats_that_no_phone_sends_are_refused(kind: str) -> None:
    with pytest.raises(NotAnImage):
        pipeline.process_image(uploaded_file(encoded(four_colours(64, 64), kind)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIC"])
def test_each_decoder_can_be_switched_off(kind: str, settings: Any) -> None:
    data = heic([(128, 128, 128)] * 4) if kind == "HEIC" else encoded(four_colours(), kind)
    assert pipeline.process_image(uploaded_file(data))
    settings.IMAGE_FORMATS = [name for name in settings.IMAGE_FORMATS if name != kind]
    assert not any(kind.lower() in name for name in pipeline.accepted_media_types())
    with pytest.raises(NotAnImage):
        pipeline.process_image(uploaded_file(data))


def test_a_photo_with_all_the_extra_data_of_a_phone_is_accepted() -> None:
    extras = [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), segment(0xFE, b"comment")]
    extras += [segment(0xE2, b"MPF\0II*\0" + bytes(80)), *[segment(0xED, bytes(60_000))] * 60]
    assert finished(insert_segments(photograph(), *extras) + photograph()).size == (400, 300)


def test_a_png_made_by_hand_is_accepted() -> None:
    assert encoded(finished(png()), "PNG")
