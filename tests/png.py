"""Screenshots made small: a palette instead of true colours, as few as text needs."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_MARK = b"\x89PNG\r\n\x1a\n"


def shrunk(png: bytes) -> bytes:
    """The same picture of eight bits a channel (RGB or RGBA on a full ground) with a palette of at
    most 256 colours; ValueError where it has more after its shades are told apart by 32 steps."""
    width, height, pixels = _pixels(png)
    coarse = [tuple(_step(channel) for channel in pixel) for pixel in pixels]
    palette = [colour for colour, _ in Counter(coarse).most_common()]
    if len(palette) > 256:
        raise ValueError(f"{len(palette)} colours")
    index = {colour: number for number, colour in enumerate(palette)}
    codes = bytes(index[colour] for colour in coarse)
    rows = b"".join(b"\0" + codes[at : at + width] for at in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return _MARK + b"".join(
        [
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes(channel for colour in palette for channel in colour)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _step(channel: int) -> int:
    """One of 32 shades; white stays white."""
    return min(255, (channel >> 3) * 255 // 31)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_MARK)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _pixels(png: bytes) -> tuple[int, int, list[tuple[int, int, int]]]:
    chunks = list(_chunks(png))
    width, height, bits, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    assert bits == 8 and kind in (2, 6), "expected eight bits a channel"
    wide = 3 if kind == 2 else 4
    data = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    before = bytearray(width * wide)
    pixels: list[tuple[int, int, int]] = []
    for row in range(height):
        start = row * (width * wide + 1)
        line = bytearray(data[start + 1 : start + 1 + width * wide])
        _unfilter(data[start], line, before, wide)
        pixels += zip(line[::wide], line[1::wide], line[2::wide], strict=True)
        before = line
    return width, height, pixels


def _unfilter(kind: int, line: bytearray, above: bytearray, wide: int) -> None:
    """Undo a row's filter (PNG specification, section 9)."""
    for i in range(len(line)) if kind else ():
        left = line[i - wide] if i >= wide else 0
        corner = above[i - wide] if i >= wide else 0
        guess = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]
        line[i] = (line[i] + guess) & 255


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
