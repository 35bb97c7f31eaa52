"""Images are stored upright, in sRGB and readable, whatever their containers say these by."""

import struct
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from media.formats.colour import PRIMARIES, build_profile
from media.processing import pipeline
from media.processing.decoding import scaled_size
from tests.media.heic import heic
from tests.media.sample_images import (
    COLOURS,
    are_similar,
    chunk,
    colours_of,
    encoded,
    exif_with,
    four_colours,
    insert_segments,
    segment,
    uploaded_file,
)

pytestmark = pytest.mark.one_leg

# The four colours that stand in the file, and the ones that a browser shows when they are Display P3.
IN_P3 = [(200, 60, 40), (60, 190, 60), (30, 60, 200), (128, 128, 128)]
IN_SRGB = [(217, 42, 23), (0, 193, 22), (17, 61, 208), (128, 128, 128)]


def stored(data: bytes) -> Image.Image:
    return Image.open(BytesIO(pipeline.process_image(uploaded_file(data)).data))


def four(colours: list[tuple[int, int, int]]) -> Image.Image:
    image = Image.new("RGB", (120, 80))
    for place, colour in zip([(0, 0), (60, 0), (60, 40), (0, 40)], colours, strict=True):
        image.paste(colour, (*place, place[0] + 60, place[1] + 40))
    return image


def png_with(*chunks: bytes, colours: list[tuple[int, int, int]] = IN_P3) -> bytes:
    data = encoded(four(colours), "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def avif_with(primaries: int, transfer: int) -> bytes:
    data = encoded(four(IN_P3), "AVIF", quality=95, subsampling="4:4:4")
    at = data.find(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def heic_in_p3(*boxes: bytes) -> bytes:
    """A strong red, whose green is below zero in sRGB, with these boxes behind the first."""
    data = heic([(76, 90, 230)] * 4, nclx=(12, 13))
    first = int.from_bytes(data[:4], "big")
    return data[:first] + b"".join(boxes) + data[first:]


def chromaticities(primaries: int) -> bytes:
    *points, white = PRIMARIES[primaries]
    return struct.pack(">8I", *(round(100_000 * number) for point in (white, *points) for number in point))


IN_DISPLAY_P3 = {
    "cICP in a PNG": lambda: png_with(chunk(b"cICP", bytes([12, 13, 0, 1]))),
    "cICP beside sRGB": lambda: png_with(chunk(b"sRGB", b"\0"), chunk(b"cICP", bytes([12, 13, 0, 1]))),
    "cHRM and gAMA in a PNG": lambda: png_with(
        chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", chromaticities(12))
    ),
    "cHRM and gAMA beside a broken profile": lambda: png_with(
        chunk(b"iCCP", b"x\0\0nonsense"),
        chunk(b"gAMA", struct.pack(">I", 45_455)),
        chunk(b"cHRM", chromaticities(12)),
    ),
    "nclx in an AVIF": lambda: avif_with(12, 13),
}
IN_LINEAR_LIGHT = {
    "cICP": lambda: png_with(chunk(b"cICP", bytes([1, 8, 0, 1]))),
    "gAMA": lambda: png_with(chunk(b"gAMA", struct.pack(">I", 100_000))),
}
IN_SRGB_ALREADY = {
    "cICP": lambda: png_with(chunk(b"cICP", bytes([1, 13, 0, 1]))),
    "sRGB before cHRM": lambda: png_with(
        chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", chromaticities(12))
    ),
    "cHRM and gAMA": lambda: png_with(chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", chromaticities(1))),
    "unknown code points": lambda: png_with(chunk(b"cICP", bytes([200, 201, 0, 1]))),
    "gAMA without sense": lambda: png_with(chunk(b"gAMA", bytes(4))),
    "cHRM on one line": lambda: png_with(chunk(b"gAMA", struct.pack(">I", 50_000)), chunk(b"cHRM", bytes(32))),
    "nclx": lambda: avif_with(1, 13),
    "nclx of video": lambda: avif_with(1, 1),
}


@pytest.mark.parametrize("name", IN_DISPLAY_P3)
def test_colours_described_without_a_profile_are_converted_to_srgb(name: str) -> None:
    assert are_similar(colours_of(stored(IN_DISPLAY_P3[name]())), IN_SRGB)


@pytest.mark.parametrize("name", IN_SRGB_ALREADY)
def test_colours_that_are_srgb_already_stay_as_they_are(name: str) -> None:
    assert are_similar(colours_of(stored(IN_SRGB_ALREADY[name]())), IN_P3, by=4)


@pytest.mark.parametrize(("transfer", "white"), [(16, 148), (18, 191)])
def test_ordinary_white_of_an_hdr_image_is_bright_and_its_highlights_are_not_clipped(transfer: int, white: int) -> None:
    colours = [(white,) * 3, (white + 25,) * 3, (0, 0, 0), (white // 2,) * 3]
    data = png_with(chunk(b"cICP", bytes([9, transfer, 0, 1])), colours=colours)
    ordinary, bright, black, dark = (colour[0] for colour in colours_of(stored(data)))
    assert black < 5 < dark < 200 < ordinary < bright <= 255


@pytest.mark.parametrize("name", IN_LINEAR_LIGHT)
def test_colours_in_linear_light_are_stored_as_bright_as_they_are(name: str) -> None:
    bright = [(229, 133, 110), (133, 223, 133), (96, 133, 229), (188, 188, 188)]
    assert are_similar(colours_of(stored(IN_LINEAR_LIGHT[name]())), bright)


def test_a_grey_image_is_converted_by_a_profile_for_colours() -> None:
    profile = build_profile(PRIMARIES[1], lambda value: value)
    data = encoded(Image.new("L", (64, 48), 128), "PNG", icc_profile=profile)
    assert are_similar(colours_of(stored(data)), [(188, 188, 188)] * 4)


# One with a length of 64 bits, which says how long its payload is after its type.
LARGE_BOX = struct.pack(">I4sQ", 1, b"free", 24) + bytes(8)
EMPTY_BOX = struct.pack(">I4s", 8, b"free")


@pytest.mark.parametrize(("boxes", "is_converted"), [([], True), ([LARGE_BOX], True), ([EMPTY_BOX] * 1_024, False)])
def test_a_heic_in_display_p3_by_its_code_points_is_converted(boxes: list[bytes], is_converted: bool) -> None:
    plain = colours_of(stored(heic([(76, 90, 230)] * 4)))[0]
    converted = colours_of(stored(heic_in_p3(*boxes)))[0]
    assert (converted[0] > plain[0]) == is_converted


@pytest.mark.parametrize("kind", [1, 3, 4, 8, 9])
@pytest.mark.parametrize("order", ["II", "MM"])
def test_an_orientation_of_any_whole_number_type_is_read(order: str, kind: int) -> None:
    sign = "<" if order == "II" else ">"
    value = struct.pack(sign + {1: "B3x", 3: "H2x", 4: "I", 8: "h2x", 9: "i"}[kind], 6)
    tiff = order.encode() + struct.pack(sign + "HIHHHI", 42, 8, 1, 0x112, kind, 1) + value + bytes(4)
    turned = encoded(four_colours().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95)
    assert are_similar(colours_of(stored(insert_segments(turned, segment(0xE1, b"Exif\0\0" + tiff)))), COLOURS, by=24)


def test_an_orientation_is_read_whatever_byte_fills_up_its_heading() -> None:
    turned = encoded(four_colours().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95)
    exif = exif_with(6).tobytes().replace(b"Exif\0\0", b"Exif\0\xff")
    assert are_similar(colours_of(stored(insert_segments(turned, segment(0xE1, exif)))), COLOURS, by=24)


@pytest.mark.parametrize("length", [2, 8, 9, 14, 18, 19])
def test_an_image_whose_exif_is_cut_off_is_stored_as_it_lies(length: int) -> None:
    tiff = struct.pack("<2sHIHHHIH", b"II", 42, 8, 1, 0x112, 3, 1, 6)
    data = insert_segments(encoded(four_colours(), "JPEG", quality=95), segment(0xE1, b"Exif\0\0" + tiff[:length]))
    assert are_similar(colours_of(stored(data)), COLOURS)


TRAILERS = [
    b"",
    b"\0\0\x30\x0aPano_Sound" + bytes(range(64)) * 20 + b"SEFT",
    b"\xff\xe5\xff\xff trailer",
    b"\xff\xd8\xff",
]


@pytest.mark.parametrize("trailer", TRAILERS)
def test_a_jpeg_with_every_row_needs_no_end_marker(trailer: bytes) -> None:
    data = encoded(four_colours(), "JPEG", quality=95)[:-2] + trailer
    assert are_similar(colours_of(stored(data)), COLOURS)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_a_scanned_page_within_the_limit_of_pixels_is_no_bomb(mode: str) -> None:
    assert stored(encoded(Image.new(mode, (4_960, 7_016), 1), "PNG")).size == (1_448, 2_048)


def test_a_grey_progressive_scan_is_no_bomb() -> None:
    data = encoded(Image.new("L", (4_960, 7_016), 200), "JPEG", progressive=True)
    assert stored(data).size == (1_448, 2_048)


@pytest.mark.parametrize(
    ("size", "right"),
    [
        ((4_000, 3_000), (2_048, 1_536)),
        ((4_000, 2_000), (2_048, 1_024)),
        ((1_080, 2_400), (1_024, 2_276)),
        ((1_440, 20_000), (550, 7_632)),
        ((20_000, 1_440), (7_632, 550)),
        ((990, 11_490), (601, 6_977)),
        ((100, 64_000), (25, 16_000)),
        ((3_000, 2), (3_000, 2)),
        ((800, 600), (800, 600)),
    ],
)
def test_long_images_get_as_many_pixels_as_a_square(size: Any, right: Any) -> None:
    assert scaled_size(size, 2_048) == right
