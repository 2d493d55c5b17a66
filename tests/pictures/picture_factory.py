"""Pictures of every kind, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

PLACE = b"somewhere-private"


def photo(width: int = 640, height: int = 480) -> Image.Image:
    """A picture whose corners have colours of their own, with enough detail to be no drawing."""
    x, y = np.arange(width), np.arange(height)[:, None]
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0] = x * 255 // max(1, width - 1)
    pixels[..., 1] = y * 255 // max(1, height - 1)
    pixels[..., 2] = 128 + 90 * np.sin(x / 23) * np.cos(y / 31)
    return Image.fromarray(pixels)


def exif(orientation: int = 1) -> Image.Exif:
    """Data as a phone writes it: the place, the device, how it was held."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = PLACE.decode()
    data[0x013B] = "A. Person"
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (47.0, 22.0, 8.5), "E", (8.0, 32.0, 24.0)
    return data


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def phone_jpeg(orientation: int = 1, size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG with GPS, a comment, XMP, a thumbnail's worth of bytes after its end."""
    image = photo(*size)
    data = saved(image, "JPEG", quality=90, exif=exif(orientation), comment=PLACE)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"
    segment = b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
    return data[:2] + segment + data[2:] + b"after the end: " + PLACE


def png_with_text(image: Image.Image) -> bytes:
    data = saved(image, "PNG")
    body = b"tEXtLocation\0" + PLACE
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
