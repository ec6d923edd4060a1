"""The plain script that the runner is compared with: the same work, no guard, no check, no verdict.

python plain.py --model MODEL --dataset DATASET --output_dir OUTPUT_DIR
"""

import sys
from pathlib import Path

import pandas as pd

model, dataset, output_dir = sys.argv[2::2]  # parsing the flags would cost as well
predict = pd.read_pickle(model)  # noqa: S301  it trusts its model: that is the comparison
live_features = pd.read_parquet(dataset)
predict(live_features).to_csv(Path(output_dir, "live_predictions.csv"))
