import jax
import pandas as pd

weights = [[0.5], [0.25], [0.125], [0.5], [0.25], [0.125]]


@jax.jit
def forward(features):
    return jax.nn.sigmoid(jax.numpy.tanh(features) @ jax.numpy.array(weights))


def model(live_features):
    features = live_features.filter(like="feature_").to_numpy().astype("float32")
    return pd.DataFrame({"prediction": jax.device_get(forward(features)).ravel()}, live_features.index)
