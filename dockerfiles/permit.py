"""Let the program's Python take up what root is for: `permit.py /opt/venv/bin/python`.

The image's user is not root. As root's deputy the runner still writes into a mounted folder, whoever owns it, and gives
each model a user id that nobody else has. The file permits only: nothing holds until the runner takes it up, the
model's process gives it up for good, and `--cap-drop ALL` or `no-new-privileges` leave none of it. See capabilities(7).
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
from pathlib import Path

VERSION_2 = 0x02000000  # VFS_CAP_REVISION_2 in linux/capability.h, without its effective bit
CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID = 0, 1, 3, 5, 6, 7


def main(link: Path) -> None:
    """Make the link a file of its own, and mark it."""
    target = link.resolve()
    link.unlink()
    shutil.copy(target, link)
    permitted = sum(1 << bit for bit in (CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID))
    os.setxattr(link, "security.capability", struct.pack("<5I", VERSION_2, permitted, 0, 0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
