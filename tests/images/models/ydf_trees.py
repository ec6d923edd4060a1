import numpy as np
import pandas as pd
import ydf

rng = np.random.default_rng(0)
training = pd.DataFrame(rng.integers(0, 5, (200, 6)), columns=[f"feature_{number}" for number in range(6)])
learner = ydf.GradientBoostedTreesLearner(label="y", task=ydf.Task.REGRESSION, num_trees=5)
trees = learner.train(training.assign(y=rng.random(200)), verbose=0)


def model(live_features):
    features = live_features.filter(like="feature_").astype(int)
    return pd.DataFrame({"prediction": trees.predict(features)}, live_features.index).clip(0, 1)
