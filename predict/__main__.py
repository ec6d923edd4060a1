"""The outermost guard: exit code 1 blames the model, and Python's own code for the unforeseen is 1 too."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

INTERNAL = 3
STDERR = 2


def main() -> int:
    """Run the command line; anything unforeseen, broken imports included, leaves as 3."""
    try:
        from predict.cli import main as cli_main

        return cli_main(sys.argv[1:], own_process=True)
    except Exception:  # noqa: BLE001  this is what the guard is for
        import traceback

        sys.stderr.write(_without_secrets(traceback.format_exc()))
        sys.stderr.write(
            "ERROR:root:Error (internal): a fault of the runner, not of the model; it may be tried again\n"
        )
        return INTERNAL


def _without_secrets(text: str) -> str:
    try:
        from predict.redaction import scrub
    except Exception:  # noqa: BLE001  even that is broken; then no secret was looked at
        return text
    return scrub(text)


def program() -> NoReturn:
    """Leave with the verdict's code, whatever the teardown of the libraries would make of it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:  # else a pipe of ours would take its number
        pass
    os.close(descriptor)
    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None where it was closed from the start
        with contextlib.suppress(OSError, ValueError):  # its reader is gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
