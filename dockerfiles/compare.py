"""Tell what differs between two images, layer by layer: `make reproducible/3.12` builds one twice and asks here.

Names, kinds, modes, owners, links and bytes are compared. File times are too, but counted apart: builders before
BuildKit's rewrite-timestamp leave the time of the build in them.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """What one file of a layer is, without its time."""

    kind: bytes
    mode: int
    owner: tuple[int, int]
    link: str
    attributes: tuple[tuple[str, str], ...]
    sha256: str


Layer = dict[str, tuple[Entry, float]]


def layers(image: str) -> list[Layer]:
    """Read all layers of an image, the base's too."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "image.tar"
        subprocess.run([os.environ.get("DOCKER", "docker"), "save", "--output", saved, image], check=True)
        with tarfile.open(saved) as archive:
            manifest = json.loads(_content(archive, archive.getmember("manifest.json")))
            return [_layer(archive, name) for name in manifest[0]["Layers"]]


def _layer(archive: tarfile.TarFile, name: str) -> Layer:
    member = archive.getmember(name)
    if member.issym():  # the same layer again
        member = archive.getmember(os.path.normpath(Path(name).parent / member.linkname))
    with tarfile.open(fileobj=archive.extractfile(member)) as layer:
        return {entry.name: (_entry(layer, entry), entry.mtime) for entry in layer}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isreg() else None
    return file.read() if file else b""


def _entry(layer: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    attributes = tuple(sorted(item for item in member.pax_headers.items() if item[0].startswith("SCHILY.xattr")))
    owner = (member.uid, member.gid)
    digest = hashlib.sha256(_content(layer, member)).hexdigest()
    return Entry(member.type, member.mode, owner, member.linkname, attributes, digest)


def differences(one: list[Layer], other: list[Layer]) -> Iterator[str]:
    """One line for each file that is not the same."""
    for number, (first, second) in enumerate(zip(one, other, strict=True)):
        for name in sorted(first.keys() | second.keys()):
            if name not in first or name not in second:
                yield f"layer {number}: {name} is in one of them only"
            elif first[name][0] != second[name][0]:
                pairs = zip(Entry._fields, first[name][0], second[name][0], strict=True)
                fields = [field for field, a, b in pairs if a != b]
                yield f"layer {number}: {name} differs in {', '.join(fields)}"


def main(one: str, other: str) -> int:
    """Print the differences; 1 if there are any but times."""
    first, second = layers(one), layers(other)
    found = list(differences(first, second))
    times = sum(a[name][1] != b[name][1] for a, b in zip(first, second, strict=True) for name in a.keys() & b.keys())
    files = sum(map(len, first))
    sys.stdout.writelines(f"{line}\n" for line in found)
    print(f"{files} files in {len(first)} layers: {len(found)} differ, {times} have another time")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
