"""Print what an interpreter says of its own bytecode: `python3.12 dump.py > 3.12.json`. Runs on 3.8 and later."""

from __future__ import annotations

import json
import opcode
import platform
import sys

HAS = ("hasconst", "hasname", "haslocal", "hasfree", "hasjrel", "hasjabs")
MOST = 255


def caches() -> dict[str, int]:
    """Two bytes each that follow an instruction, by its name."""
    told = getattr(opcode, "_inline_cache_entries", {})
    if hasattr(told, "items"):  # a frozendict on 3.15
        return {name: count for name, count in told.items() if count}
    return {opcode.opname[number]: count for number, count in enumerate(told) if count}


def is_in_pickles(name: str, number: int) -> bool:
    """What is above stands for something else; what instruments is taken out when a code object is pickled."""
    return number <= MOST and not name.startswith("INSTRUMENTED_") and name not in ("RESERVED", "ENTER_EXECUTOR")


def main() -> None:
    """Print one JSON object."""
    names = {
        name: number
        for name, number in sorted(opcode.opmap.items())
        if number <= MOST and not name.startswith("INSTRUMENTED_")
    }
    told = {
        "version": "%d.%d" % sys.version_info[:2],  # noqa: UP031  it runs on old ones
        "origin": "{} {} ({}, {})".format(
            platform.python_implementation(), platform.python_version(), *platform.python_build()
        ),
        "opcodes": names,
        "caches": {name: count for name, count in sorted(caches().items()) if name in names},
        "comparisons": len(opcode.cmp_op),
        "operators": len(getattr(opcode, "_nb_ops", ())),
    }
    for kind in HAS:
        told[kind] = sorted(name for name, number in names.items() if number in getattr(opcode, kind))
    json.dump(told, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
