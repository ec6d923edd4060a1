"""How far a long transfer is: a bar on a terminal, a line every ten seconds elsewhere, nothing for a short one."""

from __future__ import annotations

import logging
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from predict.job import MIB

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID
    from typing_extensions import Self

logger = logging.getLogger(__name__)

BAR_AFTER, LINE_EVERY = 0.5, 10.0  # seconds


class Progress:
    """Told again and again how many bytes are done."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._start = self._told = time.monotonic()
        self._bar: tuple[Bar, TaskID] | None = None
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar:
            self._bar[0].stop()

    def show(self, done: int, total: int | None) -> None:
        """Tell it if it is time to: `done` bytes of `total`, where that is known."""
        now = time.monotonic()
        if self._terminal and now - self._start > BAR_AFTER:
            self._draw(done, total)
        elif not self._terminal and now - self._told > LINE_EVERY:
            self._told = now
            of = f" of {total / MIB:,.0f}" if total else ""
            rate = done / MIB / (now - self._start)
            logger.info("%s: %s%s MiB, %.1f MiB/s", self._what, f"{done / MIB:,.0f}", of, rate)

    def _draw(self, done: int, total: int | None) -> None:
        if self._bar is None:
            self._bar = _bar(self._what)
        bar, task = self._bar
        bar.update(task, completed=done, total=total)


def _bar(what: str) -> tuple[Bar, TaskID]:
    """Imported here: most runs need none, and it takes a tenth of a second."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(binary_units=True))
    bar = Bar(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task(what, total=None)
