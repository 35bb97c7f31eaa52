"""Files made to harm: each is refused before a decoder starts, or decoded within bounds, or made harmless."""

import struct
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.errors import ImageTooManyPixels, NotAnImage
from media.formats.exif import MAX_ENTRIES
from media.formats.parsed_image import PROFILE_MAX_BYTES
from media.processing import pipeline, sandbox
from tests.media.hostile_files import (
    HARMLESS,
    REFUSED_BY_A_DECODER,
    REFUSED_IN_A_SANDBOX,
    REFUSED_UNDECODED,
    SMALL,
    TOO_MANY_PIXELS,
    WITHOUT_AN_END,
)
from tests.media.sample_images import encoded, exif_bomb, four_colours, insert_segments, segment, uploaded_file
from tests.media.watched_decoders import Decoders, watch_decoders

pytestmark = pytest.mark.one_leg


@pytest.fixture
def decoders(monkeypatch: pytest.MonkeyPatch) -> Decoders:
    return watch_decoders(monkeypatch)


@pytest.mark.parametrize("name", TOO_MANY_PIXELS)
def test_images_with_too_many_pixels_are_refused_before_decoding(name: str, decoders: Decoders) -> None:
    data = TOO_MANY_PIXELS[name]()
    with pytest.raises(ImageTooManyPixels):
        pipeline.process_image(uploaded_file(data))
    assert decoders.here == []
    assert decoders.pixels == 0
    assert len(decoders.sandboxes) == ("HEIC" in name)


@pytest.mark.parametrize("name", REFUSED_UNDECODED)
def test_files_that_no_camera_writes_are_refused_before_a_decoder_starts(
    name: str, decoders: Decoders, caplog: pytest.LogCaptureFixture
) -> None:
    data = REFUSED_UNDECODED[name]()
    with pytest.raises(NotAnImage), caplog.at_level("INFO", "media"):
        pipeline.process_image(uploaded_file(data))
    assert decoders == Decoders()
    # The parsers know what is wrong; whatever else is raised is logged.
    assert not caplog.records


@pytest.mark.parametrize("name", REFUSED_BY_A_DECODER)
def test_a_file_that_a_decoder_finds_broken_costs_no_more_pixels_than_claimed(name: str, decoders: Decoders) -> None:
    with pytest.raises(NotAnImage):
        pipeline.process_image(uploaded_file(REFUSED_BY_A_DECODER[name]()))
    assert decoders.pixels <= 100 * 100


@pytest.mark.parametrize("name", WITHOUT_AN_END)
def test_what_follows_the_rows_of_a_jpeg_costs_no_pixels(name: str, decoders: Decoders) -> None:
    pipeline.process_image(uploaded_file(WITHOUT_AN_END[name]()))
    assert decoders.pixels <= 80 * 60


def test_a_jpeg_without_its_end_is_refused_when_rows_are_missing() -> None:
    data = encoded(four_colours(), "JPEG")
    for end in range(4, len(data) - 40, 20):
        with pytest.raises(NotAnImage):
            pipeline.process_image(uploaded_file(data[:end]))


@pytest.mark.parametrize("name", REFUSED_IN_A_SANDBOX)
def test_a_file_with_false_claims_is_decoded_within_the_limits_of_its_claims(name: str, decoders: Decoders) -> None:
    with pytest.raises(NotAnImage):
        pipeline.process_image(uploaded_file(REFUSED_IN_A_SANDBOX[name]()))
    assert decoders.here == []
    (events,) = decoders.sandboxes
    assert decoders.pixels <= 64 * 64
    limits = [event for event in events if event[0] == "RLIMIT_CPU"]
    assert limits in ([("RLIMIT_CPU", 2)], [("RLIMIT_CPU", 2), ("RLIMIT_CPU", 3)])


def test_a_sandbox_is_limited_before_it_opens_a_file_and_again_by_its_pixels(decoders: Decoders) -> None:
    pipeline.process_image(uploaded_file(encoded(four_colours(2_000, 1_500), "AVIF", speed=10)))
    (events,) = decoders.sandboxes
    names = [name for name, _ in events if name != "RLIMIT_AS"]
    assert names == ["RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU", "opened", "RLIMIT_CPU", "decoded"]
    assert [number for name, number in events if name in ("RLIMIT_FSIZE", "RLIMIT_CPU")] == [0, 2, 3]
    if sandbox.STATM.exists():
        before, after = (number for name, number in events if name == "RLIMIT_AS")
        assert 60_000_000 <= after - before < 60_000_000 + sandbox.BASE_BYTES


@pytest.mark.parametrize("name", HARMLESS)
def test_data_hidden_beside_the_pixels_is_neither_unpacked_nor_decoded(name: str, decoders: Decoders) -> None:
    data = HARMLESS[name]()
    file = uploaded_file(data)
    tracemalloc.start()
    pipeline.process_image(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * len(data) + 3 * PROFILE_MAX_BYTES
    assert decoders.pixels <= 80 * 60
    (opened,) = (number for name, number in decoders.here if name == "opened")
    assert opened < 2 * len(SMALL)


def test_an_exif_bomb_is_read_up_to_the_limit_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    unpack, read = struct.unpack_from, list[int]()

    def counting_unpack(form: str, buffer: bytes, offset: int = 0) -> tuple[int, ...]:
        read.append(struct.calcsize(form))
        return unpack(form, buffer, offset)

    monkeypatch.setattr(struct, "unpack_from", counting_unpack)
    pipeline.process_image(uploaded_file(insert_segments(SMALL, segment(0xE1, exif_bomb()))))
    assert MAX_ENTRIES < len(read) < MAX_ENTRIES + 10
    assert max(read) < 16


@pytest.mark.parametrize("tail", [b"PK\3\4 archive", b"<script>alert(1)</script>", b"GIF89a", b"%PDF-1.7"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_data_appended_to_an_image_is_not_stored(kind: str, tail: bytes) -> None:
    processed = pipeline.process_image(uploaded_file(encoded(four_colours(), kind) + tail))
    assert tail not in processed.data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_image_truncated_anywhere_is_refused(kind: str) -> None:
    data = encoded(four_colours(), kind, **({"progressive": True} if kind == "JPEG" else {}))
    # A process apart takes a tenth of a second, so fewer places have to do there.
    for end in range(4, len(data) - 1, max(1, len(data) // (8 if kind == "AVIF" else 150))):
        with pytest.raises(NotAnImage):
            pipeline.process_image(uploaded_file(data[:end]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), changes=st.data())
def test_a_file_with_changed_bytes_is_refused_or_processed(kind: str, changes: st.DataObject) -> None:
    data = bytearray(encoded(four_colours(40, 30), kind, exif=b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"))
    for at in changes.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=8)):
        data[at] = changes.draw(st.integers(0, 255))
    with suppress(NotAnImage, ImageTooManyPixels):
        assert pipeline.process_image(uploaded_file(bytes(data))).width


@settings(max_examples=100, deadline=None)
@given(
    tail=st.binary(max_size=200),
    head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8X"]),
)
def test_any_bytes_after_a_valid_signature_are_refused_without_a_crash(head: bytes, tail: bytes) -> None:
    with pytest.raises((NotAnImage, ImageTooManyPixels)):
        pipeline.process_image(uploaded_file(head + tail))
