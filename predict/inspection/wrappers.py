"""What is wrapped around a pickle, compressors and archives, told by its bytes: whatever the file is called.

Every layer is a stream: nothing is unpacked as a whole, and no more than a cap.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple, Protocol

GIB = 1024**3
MOST = 8 * GIB  # bytes that a layer may unpack to; rewinding counts
MOST_LAYERS = 4
HEAD = 512
CHUNK = 256 * 1024
TORCH = re.compile(r"([^/]+/)?data\.pkl")  # where torch.save puts the pickle, beside one member for each storage
ENCRYPTED = 0x1
USTAR = slice(257, 262)
PROTOCOL = b"\x80"  # how pickles begin since protocol 2, and nothing else here does
FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a parquet file",
    b"ARROW1": "an Arrow file",
    b"\x93NUMPY": "a NumPy .npy file",
    b"\x89HDF": "an HDF5 file",
    b"\x7fELF": "a program",
    b"\x04\x22\x4d\x18": "lz4 data",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"ZF0x": "a joblib dump from before 0.10, compressed",
    b"version https://git-lfs": "a Git LFS pointer instead of the file itself",
    b"tree\nversion=": "a LightGBM model's text",
    b"CBM1": "a CatBoost model's file",
    b"{L\0": "an XGBoost model's file",
}
BASE64 = (b"gAJ", b"gAN", b"gAS", b"gAU", b"gAW")  # how PROTO 2 to 5 begins when it is written in base64
OLDEST = re.compile(rb"\((\Z|[dlt](\Z|p)|[(cFILNSV])|c[\w.]+\n[\w.]+\n|[IL]-?\d|S['\"]|[]})](\Z|q)")
"""How pickles begin that are text."""


class UnreadableError(Exception):
    """The file cannot be read; the text says why, in a clause that begins with "it"."""


class GaveUpError(UnreadableError):
    """Reading it takes more than it may; whether it loads is not known."""


@dataclass(frozen=True)
class Unwrapped:
    """A pickle, or what is there instead."""

    stream: IO[bytes]
    """Stands at the first byte, and can go back to it."""
    layers: tuple[Layer, ...] = ()
    members: Mapping[str, int] = field(default_factory=dict)
    """Sizes of what torch.save puts beside the pickle, and of the pickle itself."""
    head: bytes = b""
    """How it begins."""

    @property
    def wrappers(self) -> tuple[str, ...]:
        """What is around it, outermost first."""
        return tuple(layer.name for layer in self.layers)


class Readable(Protocol):
    """What a decompressor must offer."""

    def read(self, size: int, /) -> bytes:
        """Return no more than so many bytes; none at the end."""


class Layer(NamedTuple):
    """One kind of wrapper."""

    name: str
    words: str
    opener: Callable[[IO[bytes]], Readable]


@contextmanager
def bounded() -> Iterator[None]:
    """Say in one clause what looking into a hostile file may come to.

    Raises:
        UnreadableError: it is nested too deeply, or needs too much memory.
    """
    try:
        yield
    except RecursionError:
        raise GaveUpError("it is nested too deeply") from None
    except MemoryError:
        raise GaveUpError("it needs more memory than there is") from None


def unwrap(file: IO[bytes], most: int = MOST) -> Unwrapped:
    """Find the pickle in a file.

    Raises:
        UnreadableError: a wrapper is damaged, holds something else than one file, or too much.
    """
    stream, layers, members = file, tuple[Layer, ...](), dict[str, int]()
    with bounded():
        while layer := _layer(head := _head(stream), stream):
            if len(layers) == MOST_LAYERS:
                raise GaveUpError(f"it is wrapped more than {MOST_LAYERS} times")
            members = {each.filename: each.file_size for each in _listed(stream)} if layer is TORCH_ZIP else {}
            layers = (*layers, layer)
            stream = io.BufferedReader(Unpacked(stream, layers, most), CHUNK)
    return Unwrapped(stream, layers, members, head)


def described(head: bytes) -> str | None:
    """Say what a file is that begins so and is no pickle; None if nothing is known."""
    if not head:
        return "an empty file"
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            return name
    if head.startswith(BASE64):
        return "a pickle in base64"
    return None if head.startswith(PROTOCOL) or OLDEST.match(head) else _described_text(head)


def _described_text(head: bytes) -> str | None:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a character cut in two
            return None
        text = head[: error.start].decode()
    if not all(character.isprintable() or character in "\r\n\t\f" for character in text):
        return None
    start = text.lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        return "an HTML page, such as a login or error page"
    return "JSON text" if start.startswith(("{", "[")) else "a text file"


def clause(layers: tuple[Layer, ...], *what: str) -> str:
    """Say in which layers a thing is."""
    return "it is " + " around ".join((*(layer.words for layer in layers), *what))


class Unpacked(io.RawIOBase):
    """What is in the innermost layer; going back means to begin anew."""

    def __init__(self, packed: IO[bytes], layers: tuple[Layer, ...], most: int) -> None:
        super().__init__()
        self._packed = packed
        self._layers = layers
        self._most = self._left = most
        self._begin()

    def _begin(self) -> None:
        self._position = 0
        with self._explained():
            self._packed.seek(0)
            self._stream = self._layers[-1].opener(self._packed)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, at the price of unpacking again."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, so that whoever peeks into it sees all that there is."""
        view, filled = memoryview(buffer), 0
        with self._explained():
            while filled < len(view) and (data := self._stream.read(len(view) - filled)):
                view[filled : filled + len(data)] = data
                filled += len(data)
        self._position += filled
        self._left -= filled
        if self._left < 0:
            raise GaveUpError(f"it unpacks to more than {self._most / GIB:,.3g} GiB")
        return filled

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there, or to the end if there is less."""
        target = offset + (0 if whence == io.SEEK_SET else self._position)
        if whence == io.SEEK_END:
            while self.read(CHUNK):
                pass
            target = self._position + offset
        if target < self._position:
            self._begin()
        while self._position < target and self.read(min(CHUNK, target - self._position)):
            pass
        return self._position

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever a decompressor raises means one of two things."""
        try:
            yield
        except (UnreadableError, MemoryError, RecursionError):
            raise
        except EOFError:
            raise UnreadableError(f"{clause(self._layers)}, cut off") from None
        except Exception as error:  # noqa: BLE001  each has errors of its own, and a damaged header may raise any
            raise UnreadableError(f"{clause(self._layers)}, damaged: {error}") from None


def _head(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    return head


def _layer(head: bytes, stream: IO[bytes]) -> Layer | None:
    if head.startswith(PROTOCOL):
        return None
    found = next((layer for magic, layer in LAYERS.items() if head.startswith(magic)), None)
    if found is None and head[USTAR] == b"ustar":
        return TAR
    return TORCH_ZIP if found is ZIP and _pickle_of_torch(_listed(stream)) else found


def _listed(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """What is in a zip archive; nothing if it cannot be listed: why, its opener says."""
    try:
        return zipfile.ZipFile(stream).infolist()
    except Exception:  # noqa: BLE001  a damaged list may raise any
        return []


def _pickle_of_torch(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    found = [member for member in members if TORCH.fullmatch(member.filename)]
    return found[0] if len(found) == 1 < len(members) else None


def _gzip(stream: IO[bytes]) -> Readable:
    return gzip.GzipFile(fileobj=stream, mode="rb")


def _zip(stream: IO[bytes]) -> Readable:
    """Open the only member."""
    if not zipfile.is_zipfile(stream):  # the list of members stands at the end
        raise EOFError
    archive = zipfile.ZipFile(stream)
    members = archive.infolist()
    if members and all(member.filename.endswith(".npy") for member in members):
        raise UnreadableError("it is a NumPy .npz file, not a pickle")
    if len(members) != 1:
        raise UnreadableError(f"it is a zip archive of {len(members)} files, not a pickle")
    if members[0].flag_bits & ENCRYPTED:
        raise UnreadableError("it is a zip archive with a password")
    return archive.open(members[0])


def _torch_zip(stream: IO[bytes]) -> Readable:
    archive = zipfile.ZipFile(stream)
    return archive.open(_pickle_of_torch(archive.infolist()) or "data.pkl")


def _tar(stream: IO[bytes]) -> Readable:
    """Open the only member; there may be millions, so look at no more than two."""
    archive = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115  it lives as long as its member's stream
    first, second = archive.next(), archive.next()
    if first is None or second is not None:
        raise UnreadableError(f"it is a tar archive of {'several files' if first else 'nothing'}, not a pickle")
    content = archive.extractfile(first) if first.isreg() else None
    if content is None:
        raise UnreadableError("it is a tar archive of a folder or a link, not of a file")
    return content


class _Zlib:
    """The standard library has no file object for it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._inflater = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._stream.read(CHUNK)
            if data := self._inflater.decompress(packed, size):
                return data
            if not packed:
                raise EOFError
        return b""


class _KeptOpen:
    """pyarrow closes what it has read from, and another one may have to begin anew."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self.read = stream.read

    def close(self) -> None:
        """Leave it open."""


def _by_pyarrow(stream: IO[bytes]) -> Readable:
    try:
        import pyarrow as pa
    except ImportError:
        raise GaveUpError("it is zstd data, and there is no pyarrow to unpack it") from None
    unpacked: Readable = pa.CompressedInputStream(pa.PythonFile(_KeptOpen(stream), "r"), "zstd")
    return unpacked


def _zstd(stream: IO[bytes]) -> Readable:
    unpacked: Readable
    if sys.version_info >= (3, 14):
        from compression import zstd

        unpacked = zstd.ZstdFile(stream)
    else:
        unpacked = _by_pyarrow(stream)
    return unpacked


TAR = Layer("tar", "a tar archive", _tar)
ZIP = Layer("zip", "a zip archive", _zip)
TORCH_ZIP = Layer("torch zip", "an archive of torch.save", _torch_zip)
ZLIB = Layer("zlib", "zlib data", _Zlib)
LAYERS = {
    b"\x1f\x8b": Layer("gzip", "gzip data", _gzip),
    b"BZh": Layer("bz2", "bzip2 data", bz2.BZ2File),
    b"\xfd7zXZ\x00": Layer("xz", "xz data", lzma.LZMAFile),
    b"]\x00\x00": Layer("lzma", "lzma data", lzma.LZMAFile),  # it has no magic, but no pickle begins so
    b"\x28\xb5\x2f\xfd": Layer("zstd", "zstd data", _zstd),
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,  # of no files
    **dict.fromkeys((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"), ZLIB),
}
