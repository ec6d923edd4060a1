import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import psutil


def model(live_features):
    code = "import numpy, sys; print(*numpy.array(sys.argv[1:], float) / 4)"
    words = live_features["feature_5"].astype(str)
    printed = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=True).stdout
    subprocess.run(["/bin/sh", "-c", "echo hello > greeting"], check=True)
    folder = Path(tempfile.mkdtemp())
    shutil.move("greeting", folder / "greeting")
    assert (folder / "greeting").read_text() == "hello\n"
    assert psutil.Process().memory_info().rss < psutil.virtual_memory().total
    return pd.DataFrame({"prediction": [float(word) for word in printed.split()]}, live_features.index)
