import pandas as pd
import pyarrow.parquet


def model(live_features):
    live_features.to_parquet("copy.parquet")
    table = pyarrow.parquet.read_table("copy.parquet", memory_map=True, use_threads=True)
    features = table.to_pandas().filter(like="feature_")
    features.to_csv("copy.csv.gz")
    again = pd.read_csv("copy.csv.gz", index_col="id")
    return pd.DataFrame({"prediction": again.mean(axis=1) / 4})
