"""JPEG (ITU T.81): segments and scans, and the limits on each."""

import re
import struct
from dataclasses import dataclass, field

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

SIGNATURE = b"\xff\xd8\xff"
# Ultra HDR and motion photos store their extra data in some hundred segments of 64 kB.
MAX_SEGMENTS = 1_024
# Encoders write 10 scans, 18 for CMYK, the strongest optimisers about 20; each is a pass over every pixel.
MAX_SCANS = 24
# Tables before the first scan; encoders write about 1 kB. Bytes.
MAX_TABLE_BYTES = 65_536
# The next marker, which is neither a stuffed zero nor a restart within a scan. The pattern matches only the last fill
# byte before it: one that matched the whole run of fill bytes would be tried again from each byte of the run.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE, DHT, EOI, SOS, DQT, DRI = 0xC0, 0xC1, 0xC2, 0xC4, 0xD9, 0xDA, 0xDB, 0xDD
FRAMES = {SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE}
# Lossless, hierarchical and arithmetic coding: no camera uses them, and their decoders are little tested.
REFUSED = (set(range(0xC0, 0xD0)) | {0x01, 0xD8, 0xDC, 0xDE, 0xDF}) - FRAMES - {DHT}
# What the decoder reads ahead. Some phones leave out the end marker; with these bytes in its place the decoder finishes
# if every row is there, and still refuses the file if some are missing.
READ_AHEAD = bytes(8)
TABLES = {DHT, DQT, DRI} | FRAMES
EXIF, PROFILE, JFIF, ADOBE = (0xE1, b"Exif\0"), (0xE2, b"ICC_PROFILE\0"), (0xE0, b"JFIF\0"), (0xEE, b"Adobe")


@dataclass
class SegmentCollector:
    """The segments that a decoder needs, and what they claim."""

    tables: list[bytes] = field(default_factory=list)
    profile: list[bytes] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    # The marker of the frame, and the EXIF orientation; 0 until they are found.
    frame: int = 0
    orientation: int = 0
    components: int = 0
    scans: int = 0
    # Where the first scan begins.
    scan_offset: int = 0

    @property
    def has_single_scan(self) -> bool:
        """Whether the image is decoded row by row from one scan."""
        return self.scans == 1 and self.frame != SOF_PROGRESSIVE

    def add(self, marker: int, segment: bytes, offset: int) -> None:
        """Add one segment; raises InvalidImage for one that no camera or editor writes."""
        if marker in REFUSED or (marker in FRAMES and self.frame):
            raise InvalidImage("coding that no camera uses")
        if marker == SOS:
            self._add_scan(offset)
        elif not self.scans:
            self._add_header_segment(marker, segment)

    def _add_scan(self, offset: int) -> None:
        self.scan_offset = self.scan_offset or offset
        self.scans += 1
        if self.scans > MAX_SCANS or not self.frame:
            raise InvalidImage("too many scans, or one without a frame")

    def _add_header_segment(self, marker: int, segment: bytes) -> None:
        payload = segment[4:]
        if marker in FRAMES:
            self.frame = marker
            self.size = _frame_size(payload)
            self.components = payload[5]
        if marker in TABLES or _matches(JFIF, marker, payload) or _matches(ADOBE, marker, payload):
            self.tables.append(segment)
        elif _matches(PROFILE, marker, payload):
            self.profile.append(segment)
        elif _matches(EXIF, marker, payload) and not self.orientation:
            self.orientation = read_orientation(payload)

    def build_header(self) -> bytes:
        """The segments before the first scan; decoders read the profile when the frame begins, so it comes first."""
        tables = b"".join(self.tables)
        profile = b"".join(self.profile)
        if len(tables) > MAX_TABLE_BYTES:
            raise InvalidImage("tables larger than any encoder writes")
        return b"\xff\xd8" + (profile if len(profile) <= PROFILE_MAX_BYTES else b"") + tables


def parse_jpeg(data: bytes) -> ParsedImage:
    """The first image of the file up to its end marker, without metadata and further images; raises InvalidImage."""
    segments, offset = SegmentCollector(), 2
    for _ in range(MAX_SEGMENTS):
        match = MARKER.search(data, offset)
        if match is None:
            break
        marker = match[1][0]
        if marker == EOI and segments.scans:
            return _parsed_image(segments, data[segments.scan_offset : match.end()])
        begin = match.end() - 2
        try:
            offset = _segment_end(data, begin)
            segments.add(marker, data[begin:offset], begin)
        except InvalidImage:
            # What follows a scan without an end marker may be data of the phone.
            if segments.has_single_scan:
                return _parsed_image(segments, data[segments.scan_offset : begin] + READ_AHEAD)
            raise
    if not segments.has_single_scan:
        raise InvalidImage("no end of the image")
    return _parsed_image(segments, data[segments.scan_offset :] + READ_AHEAD)


def _parsed_image(segments: SegmentCollector, scans: bytes) -> ParsedImage:
    # A progressive image is decoded, and held in memory, at full size, however small a copy is wanted.
    data = segments.build_header() + scans
    return ParsedImage(
        "JPEG",
        data,
        segments.size,
        segments.orientation or 1,
        has_single_byte_pixels=segments.components == 1,
        can_decode_scaled=segments.has_single_scan,
    )


def _segment_end(data: bytes, begin: int) -> int:
    """Where a segment ends; its length counts itself but not the marker."""
    length = int.from_bytes(data[begin + 2 : begin + 4], "big")
    if length < 2 or begin + 2 + length > len(data):
        raise InvalidImage("truncated segment")
    return begin + 2 + length


def _frame_size(payload: bytes) -> tuple[int, int]:
    if len(payload) < 6:
        raise InvalidImage("truncated frame header")
    height, width = struct.unpack_from(">xHH", payload)
    return width, height


def _matches(segment_type: tuple[int, bytes], marker: int, payload: bytes) -> bool:
    return marker == segment_type[0] and payload.startswith(segment_type[1])
