import asyncio
import sys

import pandas as pd


async def halves(values):
    code = "print(*[float(word) / 8 for word in input().split()])"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=pipe, stdout=pipe)
    printed, _ = await process.communicate(" ".join(map(str, values)).encode())
    shell = await asyncio.create_subprocess_shell("true")
    assert await shell.wait() == 0
    return [float(word) for word in printed.split()]


def model(live_features):
    return pd.DataFrame({"prediction": asyncio.run(halves(live_features["feature_4"]))}, live_features.index)
