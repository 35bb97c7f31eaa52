"""JPEG (ITU T.81): segments, scans, and what each may be."""

import re
import struct
from dataclasses import dataclass, field

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

SIGNATURE = b"\xff\xd8\xff"
# Ultra HDR and motion photographs carry their extras in some hundred segments of 64 kB.
MAX_SEGMENTS = 1_024
# Encoders write 10 scans, 18 for CMYK, the hardest squeezing ones about 20; each is a pass over every pixel.
MAX_SCANS = 24
# Tables before the first scan; honest ones take about 1 kB. Bytes.
MAX_TABLE_BYTES = 65_536
# The next marker: neither a stuffed zero nor a restart within a scan. Only the last byte of what fills the room before
# it: a pattern that takes in the whole run tries it again from each of its bytes when no marker follows.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE, DHT, EOI, SOS, DQT, DRI = 0xC0, 0xC1, 0xC2, 0xC4, 0xD9, 0xDA, 0xDB, 0xDD
FRAMES = {SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE}
# Lossless, hierarchical and arithmetic coding: no camera writes them, and few eyes have looked at their decoders.
REFUSED = (set(range(0xC0, 0xD0)) | {0x01, 0xD8, 0xDC, 0xDE, 0xDF}) - FRAMES - {DHT}
TABLES = {DHT, DQT, DRI} | FRAMES
EXIF, PROFILE, JFIF, ADOBE = (0xE1, b"Exif\0\0"), (0xE2, b"ICC_PROFILE\0"), (0xE0, b"JFIF\0"), (0xEE, b"Adobe")


@dataclass
class Walk:
    """What a walk over the segments has seen so far."""

    tables: list[bytes] = field(default_factory=list)
    profile: list[bytes] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    frame: int = 0
    orientation: int = 0
    scans: int = 0
    # Where the first scan begins.
    body: int = 0

    def meet(self, marker: int, segment: bytes, at: int) -> None:
        """Take note of one segment; raises InvalidImage for one that no honest file has."""
        if marker in REFUSED or (marker in FRAMES and self.frame):
            raise InvalidImage("It is coded in a way that no camera uses.")
        if marker == SOS:
            self._meet_scan(at)
        elif not self.scans:
            self._meet_header(marker, segment)

    def _meet_scan(self, at: int) -> None:
        self.body = self.body or at
        self.scans += 1
        if self.scans > MAX_SCANS or not self.frame:
            raise InvalidImage("It has more scans than any encoder writes, or one without a frame.")

    def _meet_header(self, marker: int, segment: bytes) -> None:
        payload = segment[4:]
        if marker in FRAMES:
            self.frame = marker
            self.size = _size(payload)
        if marker in TABLES or _is(JFIF, marker, payload) or _is(ADOBE, marker, payload):
            self.tables.append(segment)
        elif _is(PROFILE, marker, payload):
            self.profile.append(segment)
        elif _is(EXIF, marker, payload) and not self.orientation:
            self.orientation = read_orientation(payload)

    def header(self) -> bytes:
        """The segments that the decoder needs, profile first, since it is read when the frame begins."""
        tables = b"".join(self.tables)
        profile = b"".join(self.profile)
        if len(tables) > MAX_TABLE_BYTES:
            raise InvalidImage("Its tables are larger than any encoder's.")
        return b"\xff\xd8" + (profile if len(profile) <= PROFILE_MAX_BYTES else b"") + tables


def parse_jpeg(data: bytes) -> ParsedImage:
    """The first picture of the file up to its end marker, less what it tells of place, camera and other pictures."""
    walk, at = Walk(), 2
    for _ in range(MAX_SEGMENTS):
        found = MARKER.search(data, at)
        if found is None:
            break
        marker = found[1][0]
        if marker == EOI and walk.scans:
            return _parts(walk, data[walk.body : found.end()])
        begin = found.end() - 2
        at = _end(data, begin)
        walk.meet(marker, data[begin:at], begin)
    raise InvalidImage("It ends before the picture does.")


def _parts(walk: Walk, body: bytes) -> ParsedImage:
    # A progressive picture is decoded in full, and kept in full meanwhile, however small a copy is wanted.
    can_decode_scaled = walk.frame != SOF_PROGRESSIVE and walk.scans == 1
    return ParsedImage("JPEG", walk.header() + body, walk.size, walk.orientation or 1, can_decode_scaled)


def _end(data: bytes, begin: int) -> int:
    """Where a segment ends; its length counts itself but not the marker."""
    length = int.from_bytes(data[begin + 2 : begin + 4], "big")
    if length < 2 or begin + 2 + length > len(data):
        raise InvalidImage("A segment of it is cut off.")
    return begin + 2 + length


def _size(payload: bytes) -> tuple[int, int]:
    if len(payload) < 6:
        raise InvalidImage("Its frame is cut off.")
    height, width = struct.unpack_from(">xHH", payload)
    return width, height


def _is(kind: tuple[int, bytes], marker: int, payload: bytes) -> bool:
    return marker == kind[0] and payload.startswith(kind[1])
