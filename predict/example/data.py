"""Live features, benchmarks and training eras of one synthetic market, in the shape of Numerai's v5.3 files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predict.example.names import draw_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

NAMED_TARGETS = ("agnes", "cyrusd", "ender", "jasper", "teager2b", "victor")
TARGETS = ("target", *(f"target_{name}_{days}" for name in NAMED_TARGETS for days in (20, 60)))
BENCHMARKS = ("v53_lgbm_ender20", "v53_lgbm_ender60", "v53_lgbm_cyrusd20", "v53_lgbm_teager2b20")
TRAINING_ERAS = 8
ROWS_PER_ERA = 500

MISSING = 2
MISSING_SHARE = 0.03
GROUP_SIZE = 12
GROUP_SHARE = 0.7  # of a feature's deviation is its group's
NOISE = 2.0  # in deviations of the signal: far kinder than the real market, so that 200 trees learn something
# Where a normal distribution has features' equal fifths, and the target's 5, 20, 50, 20 and 5 percent.
FEATURE_EDGES = (-0.8416, -0.2533, 0.2533, 0.8416)
TARGET_EDGES = (-1.6449, -0.6745, 0.6745, 1.6449)


def draw_live(rows: int, features: Sequence[str], seed: int) -> pd.DataFrame:
    """Draw the live file: index `id`, `era`, `data_type`, int8 features 0 to 4, float32 targets not known yet."""
    import numpy as np
    import pandas as pd

    index = pd.Index(draw_ids(rows, seed), name="id")
    front = pd.DataFrame({"era": "X", "data_type": "live"}, index=index)
    values = _draw_features(rows, len(features), np.random.default_rng([seed, 0]))
    middle = pd.DataFrame(values, index=index, columns=list(features))
    back = pd.DataFrame(np.float32("nan"), index=index, columns=list(TARGETS), dtype="float32")
    return pd.concat([front, middle, back], axis=1)


def draw_benchmarks(live: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw the benchmarks of the live file: index `id`, `era`, ranked predictions in (0, 1] of the target to come."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng([seed, 1])
    values = live.filter(regex="^feature_").to_numpy()
    models = {name: _draw_score(values, seed, rng) for name in BENCHMARKS}
    ranks = pd.DataFrame(models, index=live.index).rank(pct=True)
    return pd.concat([live[["era"]], ranks], axis=1)


def draw_training(features: Sequence[str], seed: int) -> pd.DataFrame:
    """Draw the training eras: `era` 0001 and on, int8 features, `target` in 0, 0.25, 0.5, 0.75 and 1."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng([seed, 2])
    eras = [_draw_era(f"{era:04d}", features, seed, rng) for era in range(1, TRAINING_ERAS + 1)]
    return pd.concat(eras, ignore_index=True)


def _draw_era(era: str, features: Sequence[str], seed: int, rng: np.random.Generator) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    values = _draw_features(ROWS_PER_ERA, len(features), rng)
    target = np.digitize(_draw_score(values, seed, rng), TARGET_EDGES) / len(TARGET_EDGES)
    frame = pd.DataFrame(values, columns=list(features))
    return pd.concat([pd.DataFrame({"era": era, "target": target}), frame], axis=1)


def _draw_features(rows: int, count: int, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Draw one group at a time: wide files never exist as floats."""
    import numpy as np

    values = np.empty((rows, count), np.int8)
    for start in range(0, count, GROUP_SIZE):
        group = values[:, start : start + GROUP_SIZE]
        common, own = rng.standard_normal((rows, 1)), rng.standard_normal(group.shape)
        group[:] = np.digitize(GROUP_SHARE * common + (1 - GROUP_SHARE**2) ** 0.5 * own, FEATURE_EDGES)
        group[rng.random(rows) < MISSING_SHARE] = MISSING
    return values


def _draw_score(values: npt.NDArray[np.int8], seed: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw what the target is cut from, standardised; which features matter depends on nothing but the seed."""
    import numpy as np

    market = np.random.default_rng([seed, 3])
    count = values.shape[1]
    chosen = market.choice(count, max(4, count // 10), replace=False)
    signal = values[:, chosen] @ market.standard_normal(len(chosen))
    score = (signal - signal.mean()) / signal.std() + NOISE * rng.standard_normal(len(values))
    return np.asarray(score / (1 + NOISE**2) ** 0.5, np.float64)
