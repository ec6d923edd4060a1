"""How far a download is: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

import pytest

from network import misbehaving as does
from network.misbehaving import Server
from predict import progress
from predict.fetch import fetch_model
from predict.job import Job

BODY = os.urandom(3_000_000)


class Terminal:
    """A terminal, and somebody who reads what is shown on it."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        self.stderr = os.fdopen(theirs, "w")
        self._shown: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # how a terminal tells that nobody writes any more
            while data := os.read(self._ours, 4096):
                self._shown.append(data)

    def close(self) -> str:
        """All that was shown."""
        self.stderr.close()
        self._reader.join()
        os.close(self._ours)
        return b"".join(self._shown).decode()


@pytest.mark.parametrize("announced", [True, False])
def test_a_terminal_shows_a_bar(
    *, announced: bool, server: Server, output_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal.stderr)
    monkeypatch.setattr(progress, "BAR_AFTER", 0.0)
    server.will(does.say(200, BODY) if announced else does.chunked(BODY))
    fetch_model(Job(f"{server.url}/model.pkl", output_dir=output_dir))
    shown = terminal.close()
    assert "Downloading" in shown
    assert ("/2.9 MiB" in shown) == announced


def test_a_log_gets_lines(
    server: Server, output_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(progress, "LINE_EVERY", 0.0)
    server.will(does.say(200, BODY))
    fetch_model(Job(f"{server.url}/model.pkl", output_dir=output_dir))
    assert "Downloading: 3 of 3 MiB, " in caplog.text


def test_a_short_download_says_nothing(server: Server, output_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    server.will(does.say(200, BODY))
    fetch_model(Job(f"{server.url}/model.pkl", output_dir=output_dir))
    assert "Downloading: " not in caplog.text
