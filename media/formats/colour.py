"""Colour spaces that a container describes by code points or chromaticities (ITU-T H.273), as ICC profiles."""

import struct
from collections.abc import Callable, Sequence

Point = tuple[float, float]
Matrix = list[list[float]]
D65: Point = (0.3127, 0.3290)
# Red, green, blue and white by H.273, table 2: BT.709, BT.470 B/G, SMPTE 170M and 240M, BT.2020, DCI-P3, Display P3.
PRIMARIES: dict[int, tuple[Point, Point, Point, Point]] = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
}
# H.273, table 3. Unspecified ones and those of video are shown like sRGB, as browsers do.
SRGB, PQ, HLG = 13, 16, 18
GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}
LIKE_SRGB = {1, 2, 6, 13, 14, 15}
# White of ordinary images in HDR ones (ITU-R BT.2408), and the brightest light that is told apart. cd/m2.
HDR_WHITE, HDR_PEAK = 203.0, 1_000.0
CURVE_POINTS = 1_024
D50 = [0.9642, 1.0, 0.8249]
BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]


def profile_of_code_points(primaries: int, transfer: int) -> bytes | None:
    """The profile of what cICP (PNG) and nclx (AVIF, HEIC) say; None for sRGB and for unknown spaces."""
    chromaticities = PRIMARIES.get(1 if primaries == 2 else primaries)
    to_linear = _transfer_function(transfer)
    if chromaticities is None or to_linear is None or (chromaticities == PRIMARIES[1] and transfer in LIKE_SRGB):
        return None
    return build_profile(chromaticities, to_linear)


def build_profile(chromaticities: Sequence[Point], to_linear: Callable[[float], float]) -> bytes:
    """An ICC profile (ICC.1, 8.3.3) of red, green, blue and white, and of the light for each value from 0 to 1."""
    columns = _adapted_primaries(chromaticities)
    light = (to_linear(point / (CURVE_POINTS - 1)) for point in range(CURVE_POINTS))
    curve = b"curv" + bytes(4) + struct.pack(">I", CURVE_POINTS)
    curve += b"".join(struct.pack(">H", round(65_535 * min(1.0, max(0.0, value)))) for value in light)
    tags = {b"wtpt": _xyz(D50), b"rXYZ": _xyz(columns[0]), b"gXYZ": _xyz(columns[1]), b"bXYZ": _xyz(columns[2])}
    return _profile_file(tags, curve)


def _transfer_function(transfer: int) -> Callable[[float], float] | None:
    if transfer in LIKE_SRGB:
        return _srgb_light
    if transfer in GAMMAS:
        return lambda value: value ** GAMMAS[transfer]
    return {PQ: _pq_light, HLG: _hlg_light}.get(transfer)


def _srgb_light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _pq_light(value: float) -> float:
    """SMPTE ST 2084, with highlights compressed."""
    root = value ** (1 / 78.84375)
    light = max(0.0, root - 0.8359375) / (18.8515625 - 18.6875 * root)
    return _compress_highlights(10_000 * light ** (1 / 0.1593017578125) / HDR_WHITE)


def _hlg_light(value: float) -> float:
    """ITU-R BT.2100 on a display of HDR_PEAK, with highlights compressed."""
    scene = (
        value * value / 3 if value <= 0.5 else (2.718281828 ** ((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    )
    return _compress_highlights(HDR_PEAK * scene**1.2 / HDR_WHITE)


def _compress_highlights(light: float) -> float:
    """Leave light below four fifths of white as it is, and bend what is brighter below white."""
    knee, peak = 0.8, HDR_PEAK / HDR_WHITE
    if light <= knee:
        return light
    above = min(1.0, (light - knee) / (peak - knee))
    return knee + (1 - knee) * (1 - float((1 - above) ** ((peak - knee) / (1 - knee))))


def _adapted_primaries(chromaticities: Sequence[Point]) -> Matrix:
    """XYZ of red, green and blue, adapted from their white to D50 (ICC.1, annex E)."""
    columns = [[x / y, 1.0, (1 - x - y) / y] for x, y in chromaticities]
    white = columns.pop()
    amounts = _solve([[column[row] for column in columns] for row in range(3)], white)
    cones = [a / b for a, b in zip(_apply(BRADFORD, D50), _apply(BRADFORD, white), strict=True)]
    adapted = []
    for column, amount in zip(columns, amounts, strict=True):
        scaled = _apply(BRADFORD, [amount * value for value in column])
        adapted.append(_solve(BRADFORD, [a * b for a, b in zip(scaled, cones, strict=True)]))
    return adapted


def _apply(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _solve(matrix: Matrix, right: Sequence[float]) -> list[float]:
    """Cramer's rule; raises ZeroDivisionError for primaries on one line."""
    whole = _determinant(matrix)
    return [
        _determinant([[right[i] if j == column else matrix[i][j] for j in range(3)] for i in range(3)]) / whole
        for column in range(3)
    ]


def _determinant(m: Matrix) -> float:
    return sum(
        m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3]) for i in range(3)
    )


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(65_536 * value) for value in values))


def _profile_file(tags: dict[bytes, bytes], curve: bytes) -> bytes:
    """Header, table and data of a profile whose three curves are the same."""
    offset, table, data = 128 + 4 + 12 * (len(tags) + 3), b"", b""
    for name, value in tags.items():
        table += name + struct.pack(">II", offset + len(data), len(value))
        data += value
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        table += name + struct.pack(">II", offset + len(data), len(curve))
    body = struct.pack(">I", len(tags) + 3) + table + data + curve
    header = struct.pack(">I4xI4s4s4s12x4s28x3i48x", 128 + len(body), 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp",
                         *(round(65_536 * value) for value in D50))  # fmt: skip
    return header[:128].ljust(128, b"\0") + body
