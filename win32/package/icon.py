"""Draws win32/exdiag.ico: python3 icon.py [FILE.ico]

A letter, and first aid for it. Each size is drawn for itself, its lines no thinner than a pixel:
what would blur at 16 pixels is left out or made broader there. Small ones are bitmaps, large ones
PNG, as Windows wants them.
"""

import pathlib
import struct
import sys
import zlib

SIZES = (16, 24, 32, 48, 64, 256)
PNG_FROM = 64

GROUND = (0x17, 0x4F, 0x7C)
PAPER = (0xFF, 0xFF, 0xFF)
AID = (0x1E, 0x9E, 0x5A)


def rounded(x, y, left, top, right, bottom, radius):
    """The distance to a rectangle's edge, negative within; all lengths here are of a picture 1 by 1."""
    dx = abs(x - (left + right) / 2) - (right - left) / 2 + radius
    dy = abs(y - (top + bottom) / 2) - (bottom - top) / 2 + radius
    return (max(dx, 0) ** 2 + max(dy, 0) ** 2) ** 0.5 + min(max(dx, dy), 0) - radius


def disc(x, y, centre_x, centre_y, radius):
    return ((x - centre_x) ** 2 + (y - centre_y) ** 2) ** 0.5 - radius


def line(x, y, x0, y0, x1, y1, width):
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
    along = min(max(along, 0), 1)
    return disc(x, y, x0 + along * (x1 - x0), y0 + along * (y1 - y0), width / 2)


def shapes(x, y, pixel):
    """(distance, colour) from the back to the front. Straight edges are where pixels end."""

    def snap(length):
        return round(length / pixel) * pixel

    left, top, bottom = snap(0.12), snap(0.22), snap(0.76)
    right = 1 - left
    edge = max(0.045, 1.1 * pixel)
    middle = snap(0.70)
    badge = snap(0.24)
    arm = snap(0.165)
    thick = max(snap(0.045), pixel)
    yield rounded(x, y, 0, 0, 1, 1, 0.18), GROUND
    yield rounded(x, y, left, top, right, bottom, 0.05 if pixel < 1 / 24 else 0), PAPER
    yield line(x, y, left, top + 0.04, 0.5, 0.54, edge), GROUND
    yield line(x, y, right, top + 0.04, 0.5, 0.54, edge), GROUND
    yield disc(x, y, middle, middle, badge + edge), GROUND
    yield disc(x, y, middle, middle, badge), AID
    yield rounded(x, y, middle - arm, middle - thick, middle + arm, middle + thick, 0), PAPER
    yield rounded(x, y, middle - thick, middle - arm, middle + thick, middle + arm, 0), PAPER


def covered(distance, pixel):
    return min(max(0.5 - distance / pixel, 0), 1)


def draw(size):
    """Rows of pixels (red, green, blue, alpha)."""
    pixel = 1 / size
    rows = []
    for row in range(size):
        y = (row + 0.5) * pixel
        pixels = []
        for column in range(size):
            x = (column + 0.5) * pixel
            colour = GROUND
            for distance, paint in shapes(x, y, pixel):
                part = covered(distance, pixel)
                colour = tuple(old + part * (new - old) for old, new in zip(colour, paint))
            alpha = covered(rounded(x, y, 0, 0, 1, 1, 0.18), pixel)
            pixels.append(tuple(round(value) for value in (*colour, 255 * alpha)))
        rows.append(pixels)
    return rows


def png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = len(rows)
    data = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def bitmap(rows):
    """A device-independent bitmap as icons have it: bottom up, twice as high for the mask."""
    size = len(rows)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    colours = b"".join(bytes((blue, green, red, alpha)) for row in reversed(rows) for red, green, blue, alpha in row)
    mask = bytearray()
    for row in reversed(rows):
        bits = "".join("1" if pixel[3] == 0 else "0" for pixel in row).ljust((size + 31) // 32 * 32, "0")
        mask += int(bits, 2).to_bytes(len(bits) // 8, "big")
    return header + colours + bytes(mask)


def icon():
    images = [(size, draw(size)) for size in SIZES]
    images = [(size, png(rows) if size >= PNG_FROM else bitmap(rows)) for size, rows in images]
    where = 6 + 16 * len(images)
    directory = struct.pack("<HHH", 0, 1, len(images))
    for size, data in images:
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), where)
        where += len(data)
    return directory + b"".join(data for _, data in images)


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parents[1] / "exdiag.ico"
    pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else default).write_bytes(icon())
