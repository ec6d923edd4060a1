"""What is taken out of an image's libraries, and what must stay."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import os
import struct
import subprocess  # noqa: TID251  a test asks the system's loader
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "dockerfiles"))

import fatbin
import slim

PAGE = 4096
CODE = b"CUDA" * (2 * fatbin.LEAST // 4)
BEFORE, BEHIND, DATA = b"before it" * 100, b"behind it" * 100, b"written to" * 100
NAMES = b"\0.nv_fatbin\0.rodata\0.rela.dyn\0"


def shared_object(*, header_entry: int = fatbin.PT_PHDR, relocated: int = 0, neighbour: bool = False) -> bytes:
    """A minimal one: a segment to read, with CUDA's code between other things, and one to write."""
    inside = 5 * PAGE + 24 + len(CODE)
    start, data = 5 * PAGE + 24, (inside // PAGE + 2) * PAGE
    relocation = fatbin.RELOCATION.pack(relocated, 8, 0)
    body = bytearray(data + len(DATA))
    body[1024 : 1024 + len(BEFORE)] = BEFORE
    body[2048 : 2048 + len(relocation)] = relocation
    body[start:inside] = CODE
    body[inside : inside + len(BEHIND)] = BEHIND
    body[data:] = DATA
    segments = [
        fatbin.Segment(header_entry, 4, 64, 64, 64, 168, 168, 8),
        fatbin.Segment(fatbin.PT_LOAD, 4, 0, 0, 0, inside + len(BEHIND), inside + len(BEHIND), PAGE),
        fatbin.Segment(fatbin.PT_LOAD, 6, data, data + 7 * PAGE, data + 7 * PAGE, len(DATA), len(DATA) + PAGE, PAGE),
    ]
    body[64 : 64 + 56 * len(segments)] = b"".join(map(bytes, segments))
    sections = [
        fatbin.Section(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        fatbin.Section(1, fatbin.SHT_PROGBITS, 2, start, start, len(CODE), 0, 0, 8, 0),
        fatbin.Section(
            12, fatbin.SHT_PROGBITS, 2, inside - neighbour * 2 * PAGE, inside - neighbour * 2 * PAGE, 9, 0, 0, 1, 0
        ),
        fatbin.Section(20, fatbin.SHT_RELA, 2, 2048, 2048, len(relocation), 0, 0, 8, 24),
        fatbin.Section(0, 3, 0, 0, len(body), len(NAMES), 0, 0, 1, 0),
    ]
    table = len(body) + len(NAMES)
    identity = fatbin.MAGIC + bytes(16 - len(fatbin.MAGIC))
    header = (identity, 3, 62, 1, 0, 64, table, 0, 64, 56, len(segments), 64, len(sections), 4)
    body[:64] = fatbin.HEADER.pack(*header)
    return bytes(body) + NAMES + b"".join(map(bytes, sections))


WIDE = 65536  # no machine has larger pages
SYMBOLS = {b"before": BEFORE, b"inside": CODE[:WIDE], b"behind": BEHIND, b"written": DATA}
LOADER = """if True:
    import ctypes, sys
    library = ctypes.CDLL(sys.argv[1])
    for argument in sys.argv[2:]:
        name, _, length = argument.partition(":")
        sys.stdout.buffer.write(bytes((ctypes.c_char * int(length)).in_dll(library, name)))
    ctypes.c_char.in_dll(library, "written").value = b"W"
"""


def loadable_object() -> bytes:
    """One that the system's loader takes, without a compiler: four symbols, and no code."""
    inside = WIDE + 24
    behind = inside + len(CODE)
    data = (behind // WIDE + 1) * WIDE
    shift = 7 * WIDE  # what is written to lies at another address than offset
    places = {b"before": 1024, b"inside": inside + WIDE, b"behind": behind, b"written": data + shift + 256}
    names = b"\0" + b"\0".join(places) + b"\0"
    symbols = b"".join(
        struct.pack("<IBBHQQ", names.index(name), 17, 0, 1, address, len(SYMBOLS[name]))
        for name, address in places.items()
    )
    dynamic = [(4, 896), (5, 768), (6, 512), (10, len(names)), (11, 24), (0, 0)]  # hash, names, symbols
    parts = {
        512: bytes(24) + symbols,
        768: names,
        896: struct.pack("<8I", 1, 5, 1, 0, 2, 3, 4, 0),
        1024: BEFORE,
        inside: CODE,
        behind: BEHIND,
        data: b"".join(struct.pack("<qQ", *entry) for entry in dynamic),
        data + 256: DATA,
    }
    size, rest = behind + len(BEHIND), 256 + len(DATA)
    segments = [
        fatbin.Segment(fatbin.PT_PHDR, 4, 64, 64, 64, 280, 280, 8),
        fatbin.Segment(fatbin.PT_LOAD, 4, 0, 0, 0, size, size, WIDE),
        fatbin.Segment(fatbin.PT_LOAD, 6, data, data + shift, data + shift, rest, rest + WIDE, WIDE),
        fatbin.Segment(2, 6, data, data + shift, data + shift, 96, 96, 8),  # PT_DYNAMIC
        fatbin.Segment(0x6474E551, 6, 0, 0, 0, 0, 0, 16),  # PT_GNU_STACK: without it, an executable one is asked for
    ]
    table = data + rest + len(NAMES)
    sections = [
        fatbin.Section(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        fatbin.Section(1, fatbin.SHT_PROGBITS, 2, inside, inside, len(CODE), 0, 0, 8, 0),
        fatbin.Section(0, 3, 0, 0, data + rest, len(NAMES), 0, 0, 1, 0),
    ]
    machine = int.from_bytes(Path(sys.executable).read_bytes()[18:20], "little")
    identity = fatbin.MAGIC + bytes(16 - len(fatbin.MAGIC))
    header = (identity, 3, machine, 1, 0, 64, table, 0, 64, 56, len(segments), 64, len(sections), 2)
    parts |= {0: fatbin.HEADER.pack(*header), 64: b"".join(map(bytes, segments))}
    body = bytearray(data + rest)
    for start, part in parts.items():
        body[start : start + len(part)] = part
    return bytes(body) + NAMES + b"".join(map(bytes, sections))


def with_a_note_inside() -> bytes:
    data = bytearray(loadable_object())
    data[64 + 4 * 56 : 64 + 5 * 56] = bytes(fatbin.Segment(4, 4, 4 * WIDE, 4 * WIDE, 4 * WIDE, 64, 64, 4))  # PT_NOTE
    return bytes(data)


def with_section(number: int, **changes: int) -> bytes:
    """A minimal one whose section is something else."""
    data = bytearray(shared_object())
    place = fatbin.HEADER.unpack_from(data)[6] + number * fatbin.SECTION.size
    section = fatbin.Section(*fatbin.SECTION.unpack_from(data, place))
    data[place : place + fatbin.SECTION.size] = bytes(replace(section, **changes))
    return bytes(data)


def with_header(place: int, value: int) -> bytes:
    data = shared_object()
    header = list(fatbin.HEADER.unpack_from(data))
    header[place] = value
    return fatbin.HEADER.pack(*header) + data[fatbin.HEADER.size :]


def loaded(path: Path) -> bytes:
    """The symbols' content, as a process of its own finds it: a bad object may crash it."""
    wanted = [f"{name.decode()}:{len(content)}" for name, content in SYMBOLS.items()]
    return subprocess.run([sys.executable, "-c", LOADER, path, *wanted], capture_output=True, check=True).stdout


def in_memory(data: bytes) -> bytes:
    """What a loader makes of it."""
    header = fatbin.HEADER.unpack_from(data)
    segments = [fatbin.Segment(*fatbin.PROGRAM.unpack_from(data, header[5] + 56 * n)) for n in range(header[10])]
    image = bytearray(1 << 22)
    last = -1
    for segment in (segment for segment in segments if segment.kind == fatbin.PT_LOAD):
        assert segment.address > last, "loaders want them in ascending order"
        assert (segment.address - segment.offset) % segment.alignment == 0
        last = segment.address
        image[last : last + segment.in_memory] = data[segment.offset : segment.offset + segment.in_file].ljust(
            segment.in_memory, b"\0"
        )
    return bytes(image)


def test_cudas_code_is_cut_and_every_other_byte_stays_at_its_address() -> None:
    before = shared_object()
    after = fatbin.without_cuda(before)
    assert (len(before) - len(after)) % PAGE == 0
    assert len(CODE) - 2 * PAGE < len(before) - len(after) <= len(CODE)
    old, new = in_memory(before), in_memory(after)
    start, end = old.index(CODE), old.index(CODE) + len(CODE)
    table = slice(64, 64 + 3 * 56)  # the table itself says something else now
    assert (
        new[: table.start] + new[table.stop : start]
        == fatbin.HEADER.pack(
            *fatbin.HEADER.unpack_from(before)[:6], len(after) - 5 * 64, *fatbin.HEADER.unpack_from(before)[7:]
        )
        + old[table.stop : start]
    )
    assert new[end:] == old[end:]
    assert new[start:end].count(0) >= len(before) - len(after)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux loads ELF")
def test_the_systems_loader_finds_the_same_but_zeros_for_cudas_code(tmp_path: Path) -> None:
    path = tmp_path / "library.so"
    path.write_bytes(loadable_object())
    assert loaded(path) == b"".join(SYMBOLS.values())
    assert fatbin.cut(path) > len(CODE) - 2 * WIDE
    assert loaded(path) == b"".join((SYMBOLS | {b"inside": bytes(WIDE)}).values())


def test_a_cut_keeps_the_mode_and_the_installers_cache_and_is_made_once(tmp_path: Path) -> None:
    path, cache = tmp_path / "library.so", tmp_path / "cache"
    path.write_bytes(shared_object())
    path.chmod(0o750)
    os.link(path, cache)
    assert fatbin.cut(path) > 0
    assert path.stat().st_mode & 0o777 == 0o750
    assert cache.read_bytes() == shared_object()
    assert fatbin.cut(path) == 0
    assert {file.name for file in tmp_path.iterdir()} == {"library.so", "cache"}


def test_sections_are_found_where_they_are_now() -> None:
    after = fatbin.without_cuda(shared_object())
    header = fatbin.HEADER.unpack_from(after)
    sections = [fatbin.Section(*fatbin.SECTION.unpack_from(after, header[6] + 64 * number)) for number in range(5)]
    assert sections[1].kind == fatbin.SHT_NOBITS
    assert after[sections[2].offset :].startswith(BEHIND)
    assert after[sections[4].offset :].startswith(NAMES)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (shared_object(relocated=6 * PAGE), "loader changes it"),
        (shared_object(neighbour=True), "another section"),
        (shared_object(header_entry=0x6474E551), "no entry"),
        (with_a_note_inside(), "another segment"),
        (with_section(3, kind=fatbin.SHT_REL), "of a kind that we do not read"),
        (with_section(3, kind=fatbin.SHT_RELR), "of a kind that we do not read"),
        (with_section(2, name=1), "several such sections"),
        (with_header(9, 32), "entries of another size"),
        (with_header(11, 40), "entries of another size"),
        (with_header(12, 0), "entries of another size, or too many"),
    ],
)
def test_an_unknown_layout_is_refused(data: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.so"
    path.write_bytes(data)
    with pytest.raises(fatbin.UnknownLayoutError, match=why):
        fatbin.cut(path)
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "data", [b"", b"\x7fELF", b"text with .nv_fatbin in it", shared_object().replace(NAMES, b"\0" * 30)]
)
def test_what_has_no_such_code_stays(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plain.so"
    path.write_bytes(data)
    assert fatbin.cut(path) == 0
    assert path.read_bytes() == data


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Two libraries; `testing` of the first imports one of its tests, which imports another."""
    files = {
        "a/__init__.py": "",
        "a/testing.py": "def f():\n    from .tests.used import x",
        "a/tests/__init__.py": "",
        "a/tests/used.py": "from . import also",
        "a/tests/also.py": "",
        "a/tests/table.csv": "1",
        "a/tests/unused.py": "import a.tests.used",
        "b/__init__.py": "import importlib\nimportlib.import_module('b.sub.tests.by_name')",
        "b/sub/tests/by_name.py": "",
        "c/tests/data/big.bin": "x" * 1000,
        "b/tests/test_b.py": "",
        "b/conftest.py": "import b.tests.test_b",
        "b/broken.py": "tests = (",
        "b/core.so": "\0b.tests.in_binary\0",
        "b/tests/in_binary.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "b-1.dist-info").mkdir()
    (tmp_path / "b-1.dist-info" / "RECORD").write_text("b/tests/test_b.py,sha256=x,0\nb/core.so,sha256=x,9\n")
    return tmp_path


def test_tests_go_but_those_that_something_imports(packages: Path) -> None:
    gone = {str(path.relative_to(packages)) for path in slim.remove_tests(packages)}
    assert gone == {"a/tests/unused.py", "c/tests/data/big.bin", "b/tests/test_b.py"}
    assert not (packages / "c/tests/data").exists()
    assert (packages / "a/tests/table.csv").exists(), "what lies beside a test that is used may be its data"


def test_records_tell_what_is_there(packages: Path) -> None:
    slim.correct_records(packages, {packages / "b/tests/test_b.py"}, {packages / "b/core.so"})
    digest = (
        base64.urlsafe_b64encode(hashlib.sha256((packages / "b/core.so").read_bytes()).digest()).rstrip(b"=").decode()
    )
    assert (packages / "b-1.dist-info/RECORD").read_text() == f"b/core.so,sha256={digest},19\n"


@pytest.mark.parametrize(
    "files",
    [
        {"x/m.py": "import x.tests.a"},
        {"x/m.py": "from .tests.a import Case"},
        {"x/m.py": "from x.tests import a", "x/tests/data/deep/numbers.csv": "1"},
        {"x/m.py": "importlib.import_module('.tests.a', 'x')"},
        {"x/sub/m.py": "importlib.import_module('..tests.a', __package__)"},
        {"x/m.py": "SUITE = 'x.tests.a.Case.test_one'"},
        {"x/m.py": "from x.tests.s import c", "x/tests/s/c.py": "import x.tests.a"},
        {"x/m.py": "x.tests.a\ndef f[(of a newer Python"},
        {"x/m.so": "fromx.tests.aSUITE"},
        {"x/m.so.1": "fromx.tests.aSUITE"},
        {"x/m.pyx": "from x.tests.a import Case"},
    ],
)
def test_a_test_that_is_reached_in_any_way_stays_with_its_packages(tmp_path: Path, files: dict[str, str]) -> None:
    folder = tmp_path / "tests" / "site-packages"  # where the libraries are installed says nothing about them
    reached = {"x/tests/__init__.py": "", "x/tests/a.py": "", **files}
    for name, text in {**reached, "x/__init__.py": "", "x/tests/test_unused.py": ""}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    assert slim.remove_tests(folder) == {folder / "x/tests/test_unused.py"}


def test_what_only_resembles_tests_stays(tmp_path: Path) -> None:
    for name in ("x/testing/a.py", "x/test/a.py", "x/tests.py", "x/conftest.py", "x/tests_of_a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert slim.remove_tests(tmp_path) == set()


def test_a_slimmed_folder_is_what_its_records_say(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packages / "b/gpu.so").write_bytes(shared_object())
    (packages / "b/first.so").symlink_to("gpu.so")
    info, cache = packages / "b-1.dist-info", packages / "cache"
    (info / "METADATA").write_text("Name: b\nVersion: 1\n")
    (info / "RECORD").write_text("b/gpu.so,sha256=x,1\nb/tests/test_b.py,sha256=x,0\nb-1.dist-info/RECORD,,\n")
    os.link(info / "RECORD", cache)
    before = cache.read_bytes()
    assert slim.main(packages) == 0
    (library,) = importlib.metadata.distributions(path=[str(packages)])
    record = {str(file): (file.hash, file.size, file.locate()) for file in library.files or []}
    assert set(record) == {"b/gpu.so", "b-1.dist-info/RECORD"}
    told, size, path = record["b/gpu.so"]
    data = Path(str(path)).read_bytes()
    assert told is not None
    assert told.value == base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    assert size == len(data) < len(shared_object())
    assert (packages / "b/first.so").is_symlink()
    assert cache.read_bytes() == before, "uv links what it installs into its cache"
    assert "2 MB of CUDA's code out of b/gpu.so" in capsys.readouterr().out
