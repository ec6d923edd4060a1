"""Cut CUDA's code out of shared objects: a container without a GPU's driver has nobody who could read it.

CUDA's compiler keeps it in a section of its own, `.nv_fatbin`, which only the driver looks into: 224 to 247 MB of
CatBoost. The code has the addresses of what lies behind, so they must stay: the segment that holds the section is split
(System V ABI, "Program Header"), and its first part now ends in zeros that the loader makes and no file holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from struct import Struct

MAGIC = b"\x7fELF\x02\x01\x01"  # 64 bits, little-endian, version 1
HEADER = Struct("<16sHHIQQQIHHHHHH")  # Elf64_Ehdr
PROGRAM = Struct("<IIQQQQQQ")  # Elf64_Phdr
SECTION = Struct("<IIQQQQIIQQ")  # Elf64_Shdr
RELOCATION = Struct("<QQq")  # Elf64_Rela
PT_LOAD, PT_PHDR = 1, 6
SHT_PROGBITS, SHT_RELA, SHT_NOBITS, SHT_REL, SHT_RELR = 1, 4, 8, 9, 19
NAME = b".nv_fatbin"
LEAST = 1024**2  # bytes: less is not worth a change


class UnknownLayoutError(Exception):
    """The file is not laid out as we know it; it stays as it is."""


@dataclass(frozen=True)
class Segment:
    """Elf64_Phdr."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    in_file: int
    in_memory: int
    alignment: int

    def __bytes__(self) -> bytes:
        fields = (self.kind, self.flags, self.offset, self.address, self.physical)
        return PROGRAM.pack(*fields, self.in_file, self.in_memory, self.alignment)


@dataclass(frozen=True)
class Section:
    """Elf64_Shdr."""

    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry: int

    def __bytes__(self) -> bytes:
        fields = (self.name, self.kind, self.flags, self.address, self.offset, self.size)
        return SECTION.pack(*fields, self.link, self.info, self.alignment, self.entry)


def cut(path: Path) -> int:
    """Rewrite a shared object without its CUDA code; return how many bytes shorter it is.

    Raises:
        UnknownLayoutError: it has such code, in a layout that we do not know.
    """
    data = path.read_bytes()
    shorter = without_cuda(data) if data.startswith(MAGIC) and NAME in data else data
    if shorter is data:
        return 0
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(shorter)
    partial.chmod(path.stat().st_mode)
    os.replace(partial, path)  # noqa: PTH105  Path.replace is the same
    return len(data) - len(shorter)


def without_cuda(data: bytes) -> bytes:
    """Return the same object without the pages that its CUDA code fills, or itself if there are few."""
    header = HEADER.unpack_from(data)
    if (header[9], header[11]) != (PROGRAM.size, SECTION.size) or not header[12]:
        raise UnknownLayoutError("its tables have entries of another size, or too many")
    sections = [Section(*fields) for fields in _table(data, header[6], SECTION, header[12])]
    found = [section for section in sections if _name(data, sections[header[13]], section) == NAME]
    if not any(section.kind == SHT_PROGBITS and section.size >= LEAST for section in found):
        return data
    if len(found) > 1:
        raise UnknownLayoutError("it has several such sections")
    segments = [Segment(*fields) for fields in _table(data, header[5], PROGRAM, header[10])]
    hole = _hole(found[0], segments)
    _check(data, hole, found[0], sections)
    moved = [bytes(_moved(segment, hole)) for segment in _split(segments, hole)]
    if len(moved) != len(segments):
        raise UnknownLayoutError("no entry of the program header table can be spared")
    kept = bytearray(data[: hole.start] + data[hole.stop :])
    kept[: HEADER.size] = HEADER.pack(*header[:6], _shifted(header[6], hole), *header[7:])
    kept[header[5] : header[5] + PROGRAM.size * len(moved)] = b"".join(moved)
    rewritten = (replace(section, kind=SHT_NOBITS) if section is found[0] else section for section in sections)
    table = b"".join(bytes(replace(section, offset=_shifted(section.offset, hole))) for section in rewritten)
    start = _shifted(header[6], hole)
    kept[start : start + len(table)] = table
    return bytes(kept)


def _table(data: bytes, start: int, form: Struct, count: int) -> Iterator[tuple[int, ...]]:
    return (form.unpack_from(data, start + number * form.size) for number in range(count))


def _name(data: bytes, names: Section, section: Section) -> bytes:
    start = names.offset + section.name
    return data[start : data.index(b"\0", start)]


def _hole(section: Section, segments: list[Segment]) -> range:
    """The whole pages of the section, of the largest size that any segment is aligned to."""
    page = max(segment.alignment for segment in segments if segment.kind == PT_LOAD)
    return range(-(-section.offset // page) * page, (section.offset + section.size) // page * page)


def _check(data: bytes, hole: range, section: Section, sections: list[Section]) -> None:
    """Refuse what would make the hole's content, or its place in the file, matter to anybody."""
    others = [other for other in sections if other is not section and other.kind != SHT_NOBITS and other.size]
    if any(other.offset < hole.stop and other.offset + other.size > hole.start for other in others):
        raise UnknownLayoutError("another section shares its pages")
    if any(other.kind in (SHT_REL, SHT_RELR) for other in sections):
        raise UnknownLayoutError("its relocations are of a kind that we do not read")
    addresses = range(section.address, section.address + section.size)
    for table in (other for other in sections if other.kind == SHT_RELA):
        entries = _table(data, table.offset, RELOCATION, table.size // RELOCATION.size)
        if any(entry[0] in addresses for entry in entries):
            raise UnknownLayoutError("the loader changes it")


def _split(segments: list[Segment], hole: range) -> Iterator[Segment]:
    """Make two of the segment around the hole; the entry that tells where the table is, loaders do without."""
    for segment in segments:
        if segment.kind == PT_LOAD and segment.offset <= hole.start and hole.stop <= segment.offset + segment.in_file:
            before, through = hole.start - segment.offset, hole.stop - segment.offset
            yield replace(segment, in_file=before, in_memory=through)
            rest = segment.in_file - through, segment.in_memory - through
            address, physical = segment.address + through, segment.physical + through
            yield Segment(PT_LOAD, segment.flags, hole.stop, address, physical, *rest, segment.alignment)
        elif segment.kind != PT_PHDR:
            yield segment


def _moved(segment: Segment, hole: range) -> Segment:
    if segment.in_file and segment.offset < hole.stop and segment.offset + segment.in_file > hole.start:
        raise UnknownLayoutError("another segment needs what lies in it")
    return replace(segment, offset=_shifted(segment.offset, hole))


def _shifted(offset: int, hole: range) -> int:
    return offset - len(hole) if offset >= hole.stop else offset
