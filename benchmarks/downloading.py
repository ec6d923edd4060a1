"""A model of 1 GiB from a server on loopback: how fast it comes, beside curl, and what memory the program takes.

    python benchmarks/downloading.py

Both write to the same disk, in turn; the server sends from the page cache. The goal: at least 80 % of what curl
reaches, and at most 100 MiB of memory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess  # noqa: TID251  both are programs
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RUNS = 5
OURS = """
import resource, sys, time
from pathlib import Path
from predict.download import download
from predict.transport import Patience
start = time.monotonic()
download(sys.argv[1], Path(sys.argv[2]), Patience(), most=2**40)
print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Handler(BaseHTTPRequestHandler):
    """Sends one file."""

    file: Path

    def do_GET(self) -> None:
        """Send it."""
        self.send_response(200)
        self.send_header("Content-Length", str(self.file.stat().st_size))
        self.end_headers()
        with self.file.open("rb") as file:
            self.connection.sendfile(file)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(file: Path) -> Iterator[str]:
    """A server that sends a file; yields its URL."""
    handler = type("Handler", (Handler,), {"file": file})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/model.pkl"
        server.shutdown()


def curl(url: str, file: Path) -> float:
    """Seconds that curl says it took."""
    words = ["curl", "--silent", "--show-error", "--output", str(file), "--write-out", "%{time_total}", url]
    return float(subprocess.run(words, capture_output=True, check=True, text=True).stdout)


def ours(url: str, file: Path) -> tuple[float, float]:
    """Seconds and MiB; the sha256 is made meanwhile."""
    words = [sys.executable, "-c", OURS, url, str(file)]
    seconds, memory = subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()
    return float(seconds), int(memory) / 1024


def main() -> None:
    """Measure, and print a table."""
    if shutil.which("curl") is None:
        sys.exit("curl is not installed")
    theirs, times, memories = [], [], []
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "source"), Path(name, "target")
        with source.open("wb") as file:
            for _ in range(1024):
                file.write(os.urandom(1024**2))
        with serving(source) as url:
            for _ in range(RUNS):
                theirs.append(curl(url, target))
                target.unlink()
                seconds, memory = ours(url, target)
                times.append(seconds)
                memories.append(memory)
                target.unlink()
    ratio = statistics.median(a / b for a, b in zip(theirs, times, strict=True))
    print(f"curl {statistics.median(theirs):.2f} s, predict {statistics.median(times):.2f} s: {ratio:.0%} of its speed")
    print(f"memory of predict: {max(memories):.0f} MiB")


if __name__ == "__main__":
    main()
