"""Write what an image holds into two files: its versions, for people to compare, and what its modules offer.

`python manifest.py SET CONTENTS FOLDER`, where CONTENTS is what `predict/inspection/contents.py` printed in the image.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path


def main(name: str, contents: Path, folder: Path) -> None:
    """Write both."""
    told = json.loads(contents.read_bytes())
    versions = {"python": told.pop("python"), "set": name, "libraries": dict(sorted(told.pop("libraries").items()))}
    path = folder / f"{versions['python']}-{name}.json"
    path.write_text(json.dumps(versions, indent=1) + "\n")
    packed = lzma.compress(json.dumps(told, separators=(",", ":")).encode(), preset=9 | lzma.PRESET_EXTREME)
    path.with_suffix(".contents.xz").write_bytes(packed)


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
