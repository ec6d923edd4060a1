"""Lines as the interpreter itself tells them."""

from __future__ import annotations

import argparse
import sys
import types
from pathlib import Path
from typing import Any

from cloudpickle.cloudpickle import _code_reduce

from predict.inspection.code import from_arguments
from predict.inspection.lines import lines

HERE = (sys.version_info.major, sys.version_info.minor)


def test_they_are_what_this_python_tells() -> None:
    waiting: list[Any] = [compile(Path(argparse.__file__).read_bytes(), "argparse.py", "exec")]
    while waiting:
        real = waiting.pop()
        waiting += [constant for constant in real.co_consts if isinstance(constant, types.CodeType)]
        code = from_arguments(_code_reduce(real)[1])
        assert code is not None
        expected = {
            offset: line for start, end, line in real.co_lines() if line is not None for offset in range(start, end, 2)
        }
        assert lines(code, HERE) == expected
