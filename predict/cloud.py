"""Models in object stores by their own names, through fsspec and what it knows: s3fs, gcsfs."""

from __future__ import annotations

import shutil
from pathlib import Path

from predict import spared
from predict.interrupt import Overdue, deadline
from predict.redaction import redacted
from predict.transport import Patience, TransferError

CHUNK = 8 * 1024**2


def copy(url: str, path: Path, patience: Patience, *, most: int) -> None:
    """Copy an object to a new file, with the credentials that its library finds; what fails it tries again itself.

    Raises:
        TransferError: the library is missing, or the object cannot be had, is too large, or has no room.
        OSError: the file cannot be written.
    """
    try:
        with deadline(patience.seconds):
            _copy(url, path, most)
    except (TransferError, Overdue) as error:
        what = f"it did not come to an end within {patience.seconds:g} s" if isinstance(error, Overdue) else str(error)
        raise TransferError(f"{redacted(url)}: {what}") from None
    except ImportError:
        what = f"{url.partition(':')[0]}:// needs more libraries: pip install 'numerai-predict[cloud]'"
        raise TransferError(f"{what}. Or presign it, and pass the https URL") from None
    except Exception as error:  # noqa: BLE001  each library has errors of its own
        raise TransferError(f"{redacted(url)} cannot be read: {type(error).__name__}: {error}") from None


def _copy(url: str, path: Path, most: int) -> None:
    spared.restore()
    from fsspec.core import url_to_fs

    system, name = url_to_fs(url)
    size = int(system.size(name) or 0)
    if size > most:
        raise TransferError(f"it has {size} bytes, and --max_model_size allows {most}")
    if size > shutil.disk_usage(path.parent).free:
        raise TransferError(f"it has {size} bytes, and {path.parent} has no room for them")
    with system.open(name, "rb") as source, path.open("xb") as target:  # by us: its own copy goes on when we are gone
        shutil.copyfileobj(source, target, CHUNK)
