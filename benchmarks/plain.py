"""The plain script that our runner is compared with: python plain.py MODEL DATASET OUTPUT_DIR."""

import sys
from pathlib import Path

import pandas as pd

model, dataset, output_dir = sys.argv[1:]
predict = pd.read_pickle(model)  # noqa: S301  without any guard: that is the comparison
live_features = pd.read_parquet(dataset)
predict(live_features).to_csv(Path(output_dir, "live_predictions.csv"))
