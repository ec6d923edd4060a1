import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor

columns = [f"feature_{number}" for number in range(2)]
drawn = pd.DataFrame(np.random.default_rng(0).integers(0, 5, (200, 2)), columns=columns).astype("int8")
model = LGBMRegressor(n_estimators=2, num_leaves=3, verbose=-1).fit(drawn, drawn["feature_0"] / 4)
