"""A plugin of the pytest inside an image: take up what the program takes up, and be sure of what is tested.

Every process of pytest-xdist loads it. A new process has none of it: the image's Python is only permitted to.
"""

from __future__ import annotations

import os

import pytest

import predict
from predict.sandbox import take_up
from predict.sandbox.limits import capabilities


def pytest_configure() -> None:
    """Refuse to test another `predict`, or guards that are not those of this mode."""
    take_up()
    found = f"{predict.__file__} as {'a user' if capabilities.missing() else 'a deputy'}"
    if found != os.environ["TESTED"]:
        raise pytest.UsageError(f"This would test {found} instead of {os.environ['TESTED']}")
