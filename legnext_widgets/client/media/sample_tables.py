"""Read from the tables of a clip how far its pictures and sound reach into the file. Pure.

The tables (`moov`) list for each track where its chunks begin (`stco`, `co64`), how many samples
each has (`stsc`), and how long each sample is (`stsz`). Tables of an unexpected form say nothing.
"""

from __future__ import annotations

import struct
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_ENTRIES = 5_000_000
"""Entries of a table; a clip of some seconds has hundreds."""


def end_of_samples(moov: bytes) -> int:
    """Compute the position behind the last sample; 0 when the tables do not say.

    Args:
        moov: The content of the box, without its header.
    """
    end = 0
    for kind, content in _children(moov):
        if kind != b"trak":
            continue
        track = content
        for name in (b"mdia", b"minf", b"stbl"):
            track = dict(_children(track)).get(name, b"")
        end = max(end, _end_of_track(dict(_children(track))))
    return end


def end_of_index(sidx: bytes) -> int:
    """Compute how many bytes follow the index of a fragmented clip; 0 when it does not say.

    Args:
        sidx: The content of the box, without its header.
    """
    try:
        wide = sidx[:1] != b"\0"
        (first,) = struct.unpack_from(">Q" if wide else ">I", sidx, 20 if wide else 16)
        place = 28 if wide else 20
        (count,) = struct.unpack_from(">H", sidx, place + 2)
        entries = struct.iter_unpack(">III", sidx[place + 4 : place + 4 + 12 * count])
        return int(first) + sum(int(entry[0]) & 0x7FFF_FFFF for entry in entries)
    except struct.error:
        return 0


def _end_of_track(tables: dict[bytes, bytes]) -> int:
    try:
        begins = _numbers(tables.get(b"co64", b""), 8) or _numbers(tables.get(b"stco", b""), 4)
        if not begins:
            return 0
        sizes = _sample_sizes(tables.get(b"stsz", b""))
        counts = _samples_per_chunk(tables.get(b"stsc", b""), len(begins))
        if len(counts) != len(begins) or sum(counts) > len(sizes):
            return max(begins)
        sums = [0, *accumulate(sizes)]
        lasts = list(accumulate(counts))
        firsts = [0, *lasts[:-1]]
        chunks = zip(begins, firsts, lasts, strict=True)
        return max(int(begin) + sums[last] - sums[first] for begin, first, last in chunks)
    except (struct.error, ValueError):
        return 0


def _numbers(table: bytes, width: int) -> Sequence[int]:
    """Read a full box that holds a count and so many numbers."""
    if not table:
        return ()
    (count,) = struct.unpack_from(">I", table, 4)
    if count > MAX_ENTRIES:
        raise ValueError("too many entries")
    return struct.unpack_from(f">{count}{'Q' if width == 8 else 'I'}", table, 8)


def _sample_sizes(table: bytes) -> Sequence[int]:
    same, count = struct.unpack_from(">II", table, 4)
    if count > MAX_ENTRIES:
        raise ValueError("too many entries")
    return (same,) * count if same else struct.unpack_from(f">{count}I", table, 12)


def _samples_per_chunk(table: bytes, chunks: int) -> list[int]:
    """Spread out the runs of chunks that hold the same number of samples."""
    (count,) = struct.unpack_from(">I", table, 4)
    if count > MAX_ENTRIES:
        raise ValueError("too many entries")
    runs = list(struct.iter_unpack(">III", table[8 : 8 + 12 * count]))
    found: list[int] = []
    for index, (first, samples, _) in enumerate(runs):
        following = runs[index + 1][0] if index + 1 < len(runs) else chunks + 1
        if not 1 <= first < following <= chunks + 1:
            raise ValueError("runs out of order")
        found += [samples] * (following - first)
    return found


def _children(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """List type and content of the boxes in a box, up to the first that is malformed."""
    begin = 0
    while begin + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, begin)
        header = 8
        if length == 1 and begin + 16 <= len(content):
            (length,) = struct.unpack_from(">Q", content, begin + 8)
            header = 16
        elif length == 0:
            length = len(content) - begin
        if length < header or begin + length > len(content):
            return
        yield kind, content[begin + header : begin + length]
        begin += length
