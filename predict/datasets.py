"""From the datasets that people name to local files: live features and benchmarks."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from predict.errors import PlatformError
from predict.interrupt import Overdue, deadline
from predict.job import Job, is_dataset_name
from predict.transport import Patience, TransferError

if TYPE_CHECKING:
    from predict.numerai import Numerai

logger = logging.getLogger(__name__)

QUICK = Patience(20.0, attempts=2)  # where a file is there already, or it is a matter of a hint
SOON = 30.0  # seconds, for a hint
MOST_JSON = 64 * 1024**2


class Datasets:
    """The datasets of one run. `warn` is told what its author should know."""

    def __init__(self, job: Job, warn: Callable[[str], None]) -> None:
        self._job = job
        self._warn = warn
        self._downloaded: set[str] = set()

    def locate(self, dataset: str) -> Path:
        """Where a dataset is or will be: a local path, or under its name in the output folder."""
        return Path(dataset) if Path(dataset).exists() else self._job.output_dir / dataset

    def tell(self, dataset: str) -> None:
        """Log where a dataset is from, once it is used."""
        if dataset not in self._downloaded:
            logger.info("Using local %s for live data", self.locate(dataset))

    def fetch(self, dataset: str, *, quick: bool = False) -> Path:
        """Return a dataset's local file; `quick` gives up soon.

        Raises:
            PlatformError: `dataset_unavailable`.
        """
        path = self.locate(dataset)
        if not Path(dataset).exists() and is_dataset_name(dataset):
            self._download(dataset, path, QUICK if quick else Patience(self._job.limits.transfer))
        if not path.exists():
            raise PlatformError("dataset_unavailable", f"{dataset} is neither here nor in {self._job.output_dir}.")
        return path

    def versions_with(self, features: Sequence[str]) -> list[str]:
        """The versions of the data that have all of these, if Numerai tells soon; who has local data asks nobody."""
        if self._job.dataset not in self._downloaded:
            return []
        from predict.numerai import Numerai

        try:
            numerai = Numerai(self._job.tournament.name, None, QUICK)
            with deadline(SOON):
                return [version for version, names in self._features(numerai) if set(features) <= names]
        except (Exception, Overdue) as error:  # noqa: BLE001  whatever stands in those files: it is only a hint
            logger.debug("Which version has these features is not known: %s", error)
            return []

    def _features(self, numerai: Numerai) -> Iterator[tuple[str, set[str]]]:
        """Each version of the data, and the features that its features.json names."""
        from predict.download import download, partial

        folder = self._job.dataset.rpartition("/")[0].rpartition("v")[0]
        for name in numerai.datasets():
            if re.fullmatch(rf"{folder}v[\d.]+/features\.json", name, re.ASCII):
                with partial(self._job.output_dir) as path:
                    download(numerai.url_of(name), path, QUICK, most=MOST_JSON)
                    sets = json.loads(path.read_bytes())["feature_sets"].values()
                yield name.removeprefix(folder).partition("/")[0], {feature for names in sets for feature in names}

    def _download(self, dataset: str, path: Path, patience: Patience) -> None:
        """Ask for today's; do with what is there already only if nobody tells where that is."""
        logger.info("Using NumerAPI to download %s for live data", dataset)
        there = path.exists()
        try:
            url = self._ask(dataset, QUICK if there else patience)
            if url is not None:
                self._take(url, path, patience)
                self._downloaded.add(dataset)
        except TransferError as error:
            raise PlatformError("dataset_unavailable", f"{dataset}: {error}.", hint=_hint(dataset)) from None
        except OSError as error:
            what = f"{dataset} cannot be written to {path}: {error.strerror}."
            raise PlatformError("dataset_unavailable", what, hint="Make room in --output_dir.") from error

    def _ask(self, dataset: str, patience: Patience) -> str | None:
        """The URL of a dataset; nothing if nobody tells it, and a file is there."""
        from predict.numerai import Numerai

        try:
            return Numerai(self._job.tournament.name, None, patience).url_of(dataset)
        except TransferError as error:
            path = self.locate(dataset)
            if not path.exists():
                raise
            self._warn(f"Numerai could not be asked for a newer {path}; it is of {_day(path)}: {error}.")
            return None

    def _take(self, url: str, path: Path, patience: Patience) -> None:
        from predict.download import Unneeded, download, partial

        with suppress(Unneeded), partial(self._job.output_dir) as new:
            got = download(url, new, patience, most=2**63, skip=lambda *what: _is_the_same(path, *what))
            if got.modified is not None:
                os.utime(new, (got.modified, got.modified))
            path.parent.mkdir(parents=True, exist_ok=True)
            new.replace(path)


def _is_the_same(path: Path, size: int | None, modified: float | None) -> bool:
    """By size and date: tomorrow's live data may have the size of today's."""
    if not path.exists() or modified is None:
        return False
    status = path.stat()
    return status.st_size == size and int(status.st_mtime) == int(modified)


def _day(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _hint(dataset: str) -> str:
    return f"Run it again, or download {dataset} yourself and pass its path: --dataset FILE, --benchmarks FILE."
