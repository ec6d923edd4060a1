"""What people wrap pickles in, what they mistake for one, and what is made to harm whoever opens it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import stat
import subprocess  # noqa: TID251  what is tested is what a process needs
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from predict.inspection.graph import walk
from predict.inspection.unpickler import Stand, full_name, plain, read
from predict.inspection.wrappers import MOST_LAYERS, UnreadableError, Unwrapped, bounded, unwrap

GENERATOR = np.random.default_rng(0)
THING: dict[str, Any] = {"weights": [1.5, -2, 10**30], "text": "é" * 100, "bytes": GENERATOR.bytes(500_000)}
BYTES = pickle.dumps(THING)
SMALL: dict[str, Any] = {"n": [1, -1, 300, 70_000, 2**40, 2.5, None, True], "s": ("a", b"b", "é"), "f": print}


def _zip(data: bytes, *names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in names or ("model.pkl",):
            archive.writestr(name, data)
    return buffer.getvalue()


def _tar(data: bytes, *kinds: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, kind in enumerate(kinds or (tarfile.REGTYPE,)):
            member = tarfile.TarInfo(f"model{number}.pkl")
            member.type, member.linkname = kind, "model0.pkl"
            member.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def _zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zstd": _zstd,
    "zip": _zip,
    "tar": _tar,
    "zlib": zlib.compress,
}


def opened(data: bytes, most: int | None = None) -> Unwrapped:
    return unwrap(io.BytesIO(data)) if most is None else unwrap(io.BytesIO(data), most)


def why_not(data: bytes) -> str:
    """Why that is not readable; the only exception there may be."""
    with pytest.raises(UnreadableError) as caught:
        read(io.BytesIO(data))
    return str(caught.value)


def wrapped(data: bytes, *names: str) -> bytes:
    for name in reversed(names):
        data = WRITERS[name](data)
    return data


@pytest.mark.parametrize("names", [(), *((name,) for name in WRITERS), ("gzip", "tar"), ("zip", "xz", "tar", "bz2")])
def test_the_pickle_is_found_in_whatever_it_is_wrapped(names: tuple[str, ...]) -> None:
    found = opened(wrapped(BYTES, *names))
    assert found.wrappers == names
    for _ in range(2):
        assert found.stream.read() == BYTES
        found.stream.seek(0)
    root, inert = read(found)
    assert (root["weights"], root["text"], len(root["bytes"])) == (THING["weights"], THING["text"], 2 * 64 * 1024)
    assert [(large.size, large.beginning) for large in inert.large] == [(500_000, THING["bytes"][:64])]


@pytest.mark.parametrize("level", range(10))
def test_zlib_is_known_by_each_of_its_levels(level: int) -> None:
    assert opened(zlib.compress(BYTES, level)).stream.read() == BYTES


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_may_compress_by_any_method(method: int) -> None:
    assert opened(_zip(BYTES, method=method)).stream.read() == BYTES


@pytest.mark.parametrize("protocol", range(6))
def test_no_protocol_looks_like_a_wrapper(protocol: int) -> None:
    things: list[Any] = [SMALL, [], {}, (), "x", b"x", 1, None, [[]] * 300]
    for thing in things:
        assert opened(pickle.dumps(thing, protocol)).wrappers == ()


def test_every_layer_is_counted() -> None:
    assert opened(wrapped(BYTES, *["gzip"] * MOST_LAYERS)).wrappers == ("gzip",) * MOST_LAYERS
    assert why_not(wrapped(BYTES, *["gzip"] * (MOST_LAYERS + 1))) == "it is wrapped more than 4 times"


def test_no_layer_unpacks_to_more_than_a_cap() -> None:
    for name in WRITERS:
        found = opened(wrapped(BYTES, name), 2**20)
        assert found.stream.read() == BYTES
        found.stream.seek(0)  # to go back means to unpack again
        found.stream.read(len(BYTES) - 1)
        found.stream.seek(0)
        with pytest.raises(UnreadableError, match=r"it unpacks to more than 0\.000977 GiB"):
            found.stream.read()


ZSTD = _zstd(BYTES)
HTML = b"\n<!DOCTYPE html><html>Sign in</html>"
NOT_PICKLES = {
    "empty": (b"", "it is an empty file, not a pickle"),
    "gzip of nothing": (gzip.compress(b""), "it is gzip data around an empty file, not a pickle"),
    "html": (HTML, "it is an HTML page, such as a login or error page, not a pickle"),
    "gzip of html": (gzip.compress(HTML), "it is gzip data around an HTML page, such as a login or error page, not a"),
    "json": (b'{"learner": {}}\n', "it is JSON text"),
    "script": (b"class Model:\n    pass\n", "it is a text file"),
    "letter": (b"Dear all,\nplease find attached\n", "it is a text file"),
    "base64": (b"gASVJAAAAAAAAAB9lCiMAWGU", "it is a pickle in base64"),
    "lightgbm": (b"tree\nversion=v4\nnum_class=1\n", "it is a LightGBM model's text"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "it is a Git LFS pointer"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(50), "it is a PNG picture"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(50), "it is lz4 data"),
    "garbage": (bytes(range(200, 256)) * 9, "it is no sound pickle: byte 0 is 0xc8, which is no opcode"),
    "future": (b"\x80\x63.", "it is a pickle of protocol 99, which this Python does not know"),
    "no mark": (b"\x80\x04t.", "it is no sound pickle: "),
    "unhashable": (b"\x80\x04}]Ns.", "it is no sound pickle: unhashable type: 'list'"),
    "out of band": (
        pickle.dumps(pickle.PickleBuffer(b"x"), 5, buffer_callback=lambda _: False),
        "it is no sound pickle",
    ),
    "cut": (BYTES[:1234], "it is a pickle that is cut off after 1,234 bytes"),
    "cut, old": (b"(lp0\nI1\naI2", "it is a pickle that is cut off after 11 bytes"),
    "gzip of cut": (gzip.compress(BYTES[:1234]), "it is gzip data around a pickle that is cut off after 1,234 bytes"),
    "npy": (b"\x93NUMPY\x01\x00v\x00{'descr'", "it is a NumPy .npy file"),
    "npz": (_zip(b"\x93NUMPY", "a.npy", "b.npy"), "it is a NumPy .npz file"),
    "empty zip": (_zip(b"") and b"PK\x05\x06" + bytes(18), "it is a zip archive of 0 files"),
    "zip of three": (_zip(BYTES, "a", "b", "c"), "it is a zip archive of 3 files, not a pickle"),
    "tar of two": (_tar(BYTES, tarfile.REGTYPE, tarfile.REGTYPE), "it is a tar archive of several files, not a pickle"),
    "tar of a link": (_tar(b"", tarfile.SYMTYPE), "it is a tar archive of a folder or a link"),
    "tar of a hard link": (_tar(b"", tarfile.LNKTYPE), "it is a tar archive of a folder or a link"),
    "tar of a folder": (_tar(b"", tarfile.DIRTYPE), "it is a tar archive of a folder or a link"),
    "tar of a device": (_tar(b"", tarfile.CHRTYPE), "it is a tar archive of a folder or a link"),
}


@pytest.mark.parametrize("name", NOT_PICKLES)
def test_what_is_no_pickle_is_named(name: str) -> None:
    data, words = NOT_PICKLES[name]
    assert words in why_not(data)


def test_a_zip_archive_with_a_password_is_named() -> None:
    data = bytearray(_zip(BYTES))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    assert why_not(bytes(data)) == "it is a zip archive with a password"


def test_a_link_in_a_zip_archive_is_not_followed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("model.pkl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    assert why_not(buffer.getvalue()) == "it is a zip archive around a text file, not a pickle"


@pytest.mark.parametrize("name", WRITERS)
def test_a_wrapper_that_is_cut_off_or_damaged_is_named(name: str) -> None:
    data = wrapped(pickle.dumps(GENERATOR.bytes(3000)), name)
    words = opened(data).layers[0].words
    for length in range(8 if name != "tar" else 512, len(data) - (1024 * 8 if name == "tar" else 30), 37):
        assert words in why_not(data[:length])
    if name not in ("tar", "lzma", "zstd"):  # as written here, these have no checksum
        damaged = bytearray(data)
        damaged[len(data) // 2] ^= 0xFF
        assert f"{words}, damaged: " in why_not(bytes(damaged))


@pytest.mark.parametrize("protocol", range(6))
def test_of_a_pickle_that_is_cut_off_anywhere_nothing_is_read(protocol: int) -> None:
    data = pickle.dumps(SMALL, protocol)
    assert read(io.BytesIO(data))[0]["n"] == SMALL["n"]
    for length in range(1, len(data)):
        assert why_not(data[:length]) == f"it is a pickle that is cut off after {length} bytes"


def test_only_the_first_of_several_pickles_counts() -> None:
    assert read(io.BytesIO(pickle.dumps([1]) + pickle.dumps([2]) + b"rest"))[0] == [1]


# joblib

ARRAYS = {
    "numbers": GENERATOR.random((200, 300)),
    "in another order": np.asfortranarray(GENERATOR.random((20, 30))),
    "single numbers": np.array(3.5),
    "none": np.zeros((0, 5)),
    "text": np.array(["a", "longer"]),
    "bytes": np.array([b"a", b"longer"]),
    "times": np.array(["2020-01-01"], "M8[ns]"),
    "flags": np.array([True, False]),
    "the other way round": np.arange(9, dtype=">i4"),
    "records": np.zeros(7, [("a", "i4"), ("b", "f8", (2, 3)), ("c", "U5")]),
    "records with objects": np.array([(1, "x")], [("a", "i4"), ("b", "O")]),
    "objects": np.array([{"inner": 1}, "é", print], dtype=object),
}
MODELS = make_pipeline(StandardScaler(), RandomForestRegressor(3, max_depth=4, random_state=0))
MODELS.fit(GENERATOR.random((50, 4)), GENERATOR.random(50))
FORMS = (0, 3, ("zlib", 9), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3))


def dumped(thing: Any, path: Path, compress: Any = 0, protocol: int | None = None) -> bytes:
    joblib.dump(thing, path, compress=compress, protocol=protocol)
    return path.read_bytes()


def shapes(root: Any) -> list[tuple[int, ...]]:
    wrappers = (thing for thing in walk(root) if full_name(thing) == "joblib.numpy_pickle.NumpyArrayWrapper")
    return [thing.state["shape"] for thing in wrappers if isinstance(thing, Stand)]


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("protocol", [None, 2, 3, 4, 5])
def test_what_joblib_writes_around_an_array_is_read(name: str, protocol: int | None, tmp_path: Path) -> None:
    data = dumped(["before", ARRAYS[name], {"after": 1}], tmp_path / "dump", protocol=protocol)
    root, _ = read(io.BytesIO(data))
    assert (root[0], root[2]) == ("before", {"after": 1})
    assert shapes(root) == [ARRAYS[name].shape]


@pytest.mark.parametrize("compress", FORMS)
def test_a_dump_is_read_however_joblib_compresses_it(compress: Any, tmp_path: Path) -> None:
    data = dumped([ARRAYS, MODELS], tmp_path / "dump", compress)
    (arrays, model), inert = read(io.BytesIO(data))
    assert set(arrays) == set(ARRAYS)
    assert full_name(model) == "sklearn.pipeline.Pipeline"
    assert {"sklearn.tree._tree.Tree", "builtins.print"} <= {f"{module}.{name}" for module, name in inert.names}
    large = [(each.size, each.beginning) for each in inert.large]
    assert large == [(ARRAYS["numbers"].nbytes, ARRAYS["numbers"].tobytes()[:64])]


def test_the_beginning_of_an_array_is_kept_with_what_tells_of_it(tmp_path: Path) -> None:
    root, _ = read(io.BytesIO(dumped(ARRAYS["numbers"], tmp_path / "dump")))
    assert root.args == (ARRAYS["numbers"].tobytes()[:64],)


def test_what_an_array_of_objects_holds_is_found(tmp_path: Path) -> None:
    root, inert = read(io.BytesIO(dumped(ARRAYS["objects"], tmp_path / "dump")))
    assert {"inner": 1} in list(walk(root))
    assert ("builtins", "print") in inert.names


def test_a_dump_that_is_cut_off_anywhere_is_unreadable(tmp_path: Path) -> None:
    data = dumped([ARRAYS["records"], ARRAYS["objects"], ARRAYS["text"]], tmp_path / "dump")
    for length in range(1, len(data)):
        assert "cut off" in why_not(data[:length])


@pytest.mark.parametrize(
    "state",
    [
        {"shape": (2**62, 2**62)},
        {"shape": (-1,)},
        {"shape": ("x",)},
        {"shape": [3]},
        {"shape": (1,) * 100},
        {"dtype": "f8"},
        {"dtype": None},
        None,
        ["shape"],
    ],
)
def test_an_array_of_which_nonsense_is_said_is_unreadable(state: Any) -> None:
    if isinstance(state, dict):
        state = {"shape": (3,), "dtype": np.dtype("f8"), "numpy_array_alignment_bytes": 16, **state}
    told = pickle.dumps(state, 2)[2:-1]
    data = b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + told + b"b" + bytes(25) + b"."
    assert "joblib" in why_not(data) or "cut off" in why_not(data)


def test_a_dump_of_old_joblibs_names_files_that_stand_beside_it() -> None:
    data = b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}X\x08\x00\x00\x00filenameX\x01\x00\x00\x00xsb."
    assert read(io.BytesIO(data))[0].state == {"filename": "x"}


# torch


class Storages(pickle.Pickler):
    """Writes storages as torch.save does: the pickle names them, and each is a member of its own."""

    def persistent_id(self, thing: Any) -> Any:
        """Name it, or nothing."""
        return ("storage", "FloatStorage", "0", "cpu", len(thing)) if isinstance(thing, bytearray) else None


def test_in_an_archive_of_torch_the_pickle_is_read_and_the_storages_are_listed() -> None:
    pickled, archived = io.BytesIO(), io.BytesIO()
    Storages(pickled, 2).dump({"weight": bytearray(400), "epoch": 3})
    with zipfile.ZipFile(archived, "w") as archive:
        for name, data in (("data.pkl", pickled.getvalue()), ("byteorder", b"little"), ("data/0", bytes(400))):
            archive.writestr(f"model/{name}", data)
        archive.writestr("model/version", "3\n")
    found = opened(gzip.compress(archived.getvalue()))
    assert found.wrappers == ("gzip", "torch zip")
    assert found.members["model/data/0"] == 400
    root, inert = read(found)
    assert root["epoch"] == 3
    assert inert.persistent == [("storage", "FloatStorage", "0", "cpu", 400)]


# what is written to do harm

DEPTH = 100_000
HARMFUL: dict[str, tuple[bytes, str]] = {
    "memo": (b"\x80\x02Nr\xff\xff\xff\x7f.", "numbers its parts beyond"),
    "memo, in a frame": (b"\x80\x04\x95\x07\0\0\0\0\0\0\0Nr\xff\xff\xff\xff.", "numbers its parts beyond"),
    "memo, as text": (b"I1\np4000000000\n.", "numbers its parts beyond"),
    "bytes": (b"\x80\x04\x8e" + (2**62).to_bytes(8, "little") + b".", "cut off"),
    "bytes, in a frame": (b"\x80\x04\x95\x0a\0\0\0\0\0\0\0\x8e" + (2**40).to_bytes(8, "little") + b".", "cut off"),
    "bytearray": (b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".", "cut off"),
    "frame": (b"\x80\x04\x95" + (2**40).to_bytes(8, "little"), "cut off"),
    "number": (b"\x80\x02\x8b\xff\xff\xff\x7f.", "cut off"),
    "negative length": (b"\x80\x02\x8b\xff\xff\xff\xff.", "cut off"),
    "digits": (b"I" + b"9" * 10**6 + b"\n.", "no sound pickle"),
    "buffers": (b"\x80\x05\x97.", "out-of-band"),
    "extension": (b"\x80\x02\x82\x01.", "extension codes"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_is_meant_to_harm_is_refused(name: str) -> None:
    data, words = HARMFUL[name]
    assert words in why_not(data)


def test_a_great_number_is_read() -> None:
    assert read(io.BytesIO(pickle.dumps(1 << 10**6)))[0] > 1 << 10**5


def test_each_list_of_many_that_hold_each_other_is_visited_once() -> None:
    lists: list[Any] = [[]]
    for _ in range(99):
        lists.append([lists[-1], lists[-1]])
    lists[0].append(lists[-1])
    root, _ = read(io.BytesIO(pickle.dumps(lists[-1])))
    assert len(list(walk(root))) == 100


NESTED = {
    "tuples": b")" + b"\x85" * DEPTH,
    "pairs": b")" + b"N\x86" * DEPTH,
    "calls": b"cbuiltins\nbytes\n" * DEPTH + b")R" + b"\x85R" * (DEPTH - 1),
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_deeply_is_read_without_recursion(kind: str) -> None:
    root, _ = read(io.BytesIO(b"\x80\x02" + NESTED[kind] + b"."))
    assert len(list(walk(root))) >= DEPTH
    with pytest.raises(UnreadableError, match="nested too deeply"):
        plain(root)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has one")
def test_without_a_library_for_zstd_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert why_not(ZSTD) == "it is zstd data, and there is no pyarrow to unpack it"


def test_recursion_and_lack_of_memory_have_words() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(UnreadableError, match="it is nested too deeply"), bounded():
        deeper()
    with pytest.raises(UnreadableError, match="it needs more memory than there is"), bounded():
        raise MemoryError


def test_items_are_added_to_a_stand_in_in_no_time() -> None:
    data = b"\x80\x02ccollections\ndeque\n)R" + b"K\x01a" * 200_000 + b"."  # each copies all before it: a minute
    assert len(read(io.BytesIO(data))[0].items) == 200_000


CHILD = """
import gc, io, json, resource, sys
from pathlib import Path
from predict.inspection.unpickler import read
from predict.inspection.wrappers import UnreadableError, unwrap
data = io.BytesIO(Path(sys.argv[1]).read_bytes())
resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    root, _ = read(unwrap(data, int(sys.argv[2])))
    said = type(root).__name__
except UnreadableError as error:
    said = str(error)
gc.collect()
print(json.dumps([said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def apart(data: bytes, path: Path, most: int) -> tuple[str, int]:
    """What a process of little memory says, and how many kilobytes it took."""
    path.write_bytes(data)
    ended = subprocess.run([sys.executable, "-c", CHILD, path, str(most)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    said, taken = json.loads(ended.stdout)
    return said, taken


def squeezed(pack: Callable[[], Any], size: int) -> bytes:
    """Compress zeros that look like one string in a pickle."""
    packer = pack()
    parts = [packer.compress(b"\x80\x04\x8e" + size.to_bytes(8, "little"))]
    parts += [packer.compress(bytes(2**20)) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(b"."), packer.flush()])


BOMBS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.compressobj(1, wbits=31),
    "zlib": lambda: zlib.compressobj(1),
    "bz2": lambda: bz2.BZ2Compressor(1),
    "xz": lambda: lzma.LZMACompressor(preset=0),
}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit does not hold")
@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_a_lot_takes_little_memory(name: str, tmp_path: Path) -> None:
    data = squeezed(BOMBS[name], 2**26)
    said, taken = apart(data, tmp_path / "bomb", 2**30)
    assert (said, taken < 20_000) == ("bytes", True)
    said, taken = apart(data, tmp_path / "bomb", 2**25)
    assert (said, taken < 20_000) == ("it unpacks to more than 0.0312 GiB", True)
