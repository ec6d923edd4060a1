import pandas as pd
import polars


def model(live_features):
    frame = polars.DataFrame(live_features.filter(like="feature_").to_dict("list"))
    frame.write_parquet("frame.parquet")
    lazy = polars.scan_parquet("frame.parquet").with_columns(total=polars.sum_horizontal(polars.all()))
    ranked = lazy.with_columns(mean=polars.col("total").mean().over("feature_0")).collect()
    prediction = (ranked["total"] + ranked["mean"]).to_numpy() / 48
    return pd.DataFrame({"prediction": prediction}, live_features.index)
