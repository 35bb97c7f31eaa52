"""HEIC files made by hand, for want of a free encoder: one HEVC block of raw samples, or a grid of them like a phone's.

The block is coded as I_PCM (ITU H.265, 7.3.8.7), so all that the arithmetic coder says is the same for every image.
"""

from struct import pack

SIDE = 32
# What the arithmetic coder writes for "not divided, raw samples follow" and for "end of the slice" (9.3.4).
RAW_SAMPLES_FOLLOW, END_OF_SLICE = bytes([0x86, 0x80]), bytes([0xFE, 0x80])
PROFILE = "00000001" + f"{0x60000000:032b}" + "1001" + "0" * 44 + f"{30:08b}"


def heic(
    quarters: list[tuple[int, int, int]],
    tiles: int = 1,
    turns: int = 0,
    size: tuple[int, int] | None = None,
    nclx: tuple[int, int] | None = None,
) -> bytes:
    """A HEIC of `tiles` equal blocks in a row, turned left so often by 90 degrees, that may lie about its size.

    A block is 32 pixels wide and has four quarters of one colour each, as Y, Cb and Cr, row by row.
    """
    sample = _nal(
        19, _bits("1", "0", _ue(0), _ue(2), _se0(), "1") + RAW_SAMPLES_FOLLOW + _planes(quarters) + END_OF_SLICE
    )
    sample = pack(">I", len(sample)) + sample
    width, height = size or (SIDE * tiles, SIDE)
    properties = [_hvcc(), _ispe(SIDE, SIDE), _ispe(width, height), _box(b"irot", bytes([turns]))]
    if nclx:
        properties.append(_box(b"colr", b"nclx" + pack(">HHHB", *nclx, 6, 0x80)))
    used = [1, 3, 4, *range(5, len(properties) + 1)]
    grid = pack(">BBBBHH", 0, 0, 0, tiles - 1, width, height)
    items = [(b"grid", grid, [3, 4])] + [(b"hvc1", sample, [1, 2])] * tiles if tiles > 1 else [(b"hvc1", sample, used)]
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _meta(items, properties)


def _meta(items: list[tuple[bytes, bytes, list[int]]], properties: list[bytes]) -> bytes:
    infos, places, uses, at = b"", b"", b"", 0
    for number, (kind, data, used) in enumerate(items, 1):
        infos += _box(b"infe", pack(">IHH", 2 << 24, number, 0) + kind + b"\0")
        places += pack(">HHHHII", number, 1, 0, 1, at, len(data))
        uses += pack(">HB", number, len(used)) + bytes(0x80 | use for use in used)
        at += len(data)
    refs = pack(">HH", 1, len(items) - 1) + b"".join(pack(">H", number) for number in range(2, len(items) + 1))
    boxes = [
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _box(b"pitm", pack(">IH", 0, 1)),
        _box(b"iinf", pack(">IH", 0, len(items)) + infos),
        _box(b"iloc", pack(">IHH", 1 << 24, 0x4400, len(items)) + places),
        _box(b"iref", bytes(4) + _box(b"dimg", refs)) if len(items) > 1 else b"",
        _box(b"iprp", _box(b"ipco", b"".join(properties)) + _box(b"ipma", pack(">II", 0, len(items)) + uses)),
        _box(b"idat", b"".join(data for _, data, _ in items)),
    ]
    return _box(b"meta", bytes(4) + b"".join(boxes))


def _planes(quarters: list[tuple[int, int, int]]) -> bytes:
    planes = b""
    for plane, side in enumerate((SIDE, SIDE // 2, SIDE // 2)):
        for row in range(side):
            left, right = quarters[2 * (row >= side // 2) :][:2]
            planes += bytes([left[plane]]) * (side // 2) + bytes([right[plane]]) * (side // 2)
    return planes


def _hvcc() -> bytes:
    vps = _bits("0000", "11", "0" * 9, "1", "1" * 16, PROFILE, "1", _ue(0, 0, 0), "0" * 6, _ue(0), "00", "1")
    blocks = _ue(2, 0, 0, 3, 0, 0) + "0000"[:3] + "1" + "01110111" + _ue(2, 0) + "1"
    sps = _bits(
        "00000001", PROFILE, _ue(0, 1, SIDE, SIDE), "0", _ue(0, 0, 0), "1", _ue(0, 0, 0), blocks, _ue(0), "00000", "1"
    )
    pps = _bits(_ue(0, 0), "0" * 7, _ue(0, 0), _se0(), "000", _se0() * 2, "0" * 6, "0", "101", "00", _ue(0), "00", "1")
    head = bytes([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 30, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 3])
    for kind, payload in ((32, vps), (33, sps), (34, pps)):
        nal = _nal(kind, payload)
        head += bytes([0x80 | kind]) + pack(">HH", 1, len(nal)) + nal
    return _box(b"hvcC", head)


def _ispe(width: int, height: int) -> bytes:
    return _box(b"ispe", pack(">III", 0, width, height))


def _box(kind: bytes, payload: bytes) -> bytes:
    return pack(">I", len(payload) + 8) + kind + payload


def _nal(kind: int, payload: bytes) -> bytes:
    """A unit of the bitstream, without the byte patterns that only begin one (7.4.2)."""
    out = bytearray()
    for byte in payload:
        if out[-2:] == b"\0\0" and byte <= 3:
            out.append(3)
        out.append(byte)
    return bytes([kind << 1, 1]) + bytes(out)


def _bits(*parts: str) -> bytes:
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _ue(*numbers: int) -> str:
    """Exponential Golomb codes (9.2)."""
    return "".join(f"{number + 1:b}".rjust(2 * (number + 1).bit_length() - 1, "0") for number in numbers)


def _se0() -> str:
    return "1"
