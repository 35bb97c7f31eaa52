"""Image files made to harm: bombs, lies, endless structures, and payloads hidden beside the pixels."""

import base64
import struct
import zlib
from collections.abc import Callable

from PIL import Image

from tests.media.heic import heic
from tests.media.sample_images import (
    chunk,
    claim_size,
    encoded,
    exif_bomb,
    four_colours,
    frame_header,
    insert_between_scans,
    insert_segments,
    photograph,
    png,
    repeat_last_scan,
    segment,
    webp,
    webp_chunk,
)

GREY = [(128, 128, 128)] * 4
SMALL = photograph(80, 60)
# 64 black megapixels, as Pillow writes them; making either anew takes five seconds.
BLACK_WEBP = "524946461a000000574542505650384c0e0000002f3fdfcf07071011fd0f4444ff03"
BLACK_AVIF = (
    "c-muNU{FXasVqn=%S>Yc0uY^>nP!-"
    "qnV9D5Xy^nKdYzkElE?r7iWw<6MNl?FL1uCZ0~+8f$SlbPvlxL`E;A=T8N_h`@fjhajKT~IOy7ZQjm*rvG`LzRASaax%1bOWFm%q($p_n&m03_"
    "!0HnP$3zGAJv`A)gK`O*Lc?Sq)5Gcs3$OMTnb8v6~DW1eKL+3_$9*~f5a(+%xUUE(a&}3c)wg#Y(cxFK^%uhgvu`n_<vjAQ7KQ|?@M2LZlTmG|"
    "M{pW8T92q7GMo(EK_>Q-?M&AGb|Izsa3=C1{PiY>X64{ts5W9chl#Yz-Eer2Fzqmrphb^JSX3eheU#GP%xw_^{YoGmT?}gl7f~L$}=PqLHU}QG"
    "$?d9S*JpM%%YwkR(Gn{@X<@J;#zM$3WA7ekXn2DcbTN^JjRLu?}!t9&U5(3vl%;jcq-"
    "q})fZca7#HCyd1$2zjSTaEplOat0`es|w9VEt|xv1;pFx6_k2e>wJFqMe)L8iuObv<d130Ber30{"
)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims any number of pixels."""
    return png(width=1, height=1).replace(struct.pack(">II", 1, 1), struct.pack(">II", width, height), 1)


def claims(width: int, height: int) -> bytes:
    """The same with a checksum that fits."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(3 * width + 1) * 500, 9))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def lying_avif() -> bytes:
    """An AVIF that claims to be 64 pixels wide and holds a frame of 64 megapixels."""
    data = zlib.decompress(base64.b85decode(BLACK_AVIF))
    at = data.find(b"ispe") + 8
    return data[:at] + struct.pack(">II", 64, 64) + data[at + 8 :]


def progressive() -> bytes:
    """A small file with many pixels, to be passed over again and again."""
    return encoded(Image.new("RGB", (3_000, 3_000)), "JPEG", progressive=True)


# Refused as ImageTooManyPixels; a decoder is started for none but the HEIC, in a sandbox, and decodes nothing.
TOO_MANY_PIXELS: dict[str, Callable[[], bytes]] = {
    "a PNG of 20,000 by 20,000": lambda: claims(20_000, 20_000),
    "a PNG just below the limit of pixels, in 60 kB": lambda: claims(7_999, 7_999),
    "a JPEG that claims 65,500 by 65,500": lambda: claim_size(SMALL, 65_500, 65_500),
    "a progressive JPEG of 50 megapixels in 3 kB": lambda: claim_size(
        encoded(four_colours(), "JPEG", progressive=True), 8_000, 6_250
    ),
    "a WebP of 64 megapixels in 34 bytes": lambda: bytes.fromhex(BLACK_WEBP),
    "a HEIC that claims 81 megapixels": lambda: heic(GREY, size=(9_000, 9_000)),
}
# Refused as NotAnImage by a sandboxed decoder.
REFUSED_IN_A_SANDBOX: dict[str, Callable[[], bytes]] = {
    "an AVIF that lies about its size": lying_avif,
    "a HEIC that lies about its size": lambda: heic(GREY, size=(16, 16)),
    "a HEIC cut off after its brand": lambda: heic(GREY)[:40],
}
# Refused as NotAnImage by a decoder, within the pixels that the file claims.
REFUSED_BY_A_DECODER: dict[str, Callable[[], bytes]] = {
    "a checksum that is wrong": lambda: bomb(100, 100),
}
# Accepted: the decoder finds every row, and leaves what follows.
WITHOUT_AN_END: dict[str, Callable[[], bytes]] = {
    "a JPEG that never ends": lambda: SMALL[:-2] + b"\xff\0" * 4_500_000,
    "padding before a stuffed zero": lambda: SMALL[:-2] + b"\xff" * 9_000_000 + b"\0",
}
# Refused as NotAnImage before any decoder is started.
REFUSED_UNDECODED: dict[str, Callable[[], bytes]] = {
    "a JPEG of a thousand scans": lambda: repeat_last_scan(progressive(), 1_000),
    "a JPEG of endless segments": lambda: insert_segments(SMALL, segment(0xFE, b"") * 2_000_000),
    "a JPEG with a lossless frame between its scans": lambda: insert_between_scans(progressive(), segment(0xC3, b"")),
    "a JPEG of two frames": lambda: insert_segments(SMALL, frame_header(SMALL)),
    "a JPEG whose frame is cut off": lambda: insert_segments(SMALL, segment(0xC0, b"\x08\0\x3c\0\x50")),
    "a JPEG of endless tables": lambda: insert_segments(SMALL, *[segment(0xDB, (b"\0" + b"\1" * 64) * 1_000)] * 150),
    "padding before no marker": lambda: SMALL[:2] + b"\xff" * 9_000_000,
    "a PNG of a million crumbs": lambda: png(chunk(b"tEXt", b"") * 800_000),
    "a PNG whose header is too long": lambda: png()[:8] + chunk(b"IHDR", png()[16:29] + b"\0") + png()[33:],
    "a WebP of a million crumbs": lambda: webp(
        encoded(four_colours(), "WEBP")[12:], webp_chunk(b"XXXX", b"") * 1_000_000
    ),
    "a WebP of nothing but metadata": lambda: webp(webp_chunk(b"XMP ", b"<x/>")),
    "a WebP whose header is cut off": lambda: webp(webp_chunk(b"VP8X", bytes(4))),
    "no pixels": lambda: claims(0, 10),
    "nothing": lambda: b"",
    "a script": lambda: b"<script>alert(1)</script>",
    "a vector drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a film": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(1_000),
    "brands without end": lambda: b"\xff\xff\xff\xffftypxxxx" + bytes(9_000_000),
}
# Accepted, without what is hidden beside the 4,800 pixels at most.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "EXIF that unfolds to 300 MB": lambda: insert_segments(SMALL, segment(0xE1, exif_bomb())),
    "the same in a PNG": lambda: png(chunk(b"eXIf", exif_bomb()[6:] + bytes(9_000_000))),
    "a profile that inflates to 50 MB": lambda: png(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000), 9))),
    "words that inflate to 5 GB": lambda: png(chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(50_000_000), 9)) * 100),
    "nine megabytes of padding": lambda: SMALL[:2] + b"\xff" * 9_000_000 + SMALL[2:],
    "a profile in parts that do not fit": lambda: insert_segments(
        SMALL, *[segment(0xE2, b"ICC_PROFILE\0\1\7" + bytes(60_000))] * 30
    ),
}
