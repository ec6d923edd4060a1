import pandas as pd


def model(live_features):
    import tensorflow as tf

    @tf.function
    def squash(features):
        return tf.sigmoid(tf.linalg.matvec(features, tf.range(6, dtype=tf.float32)) / 60)

    features = live_features.filter(like="feature_").to_numpy().astype("float32")
    return pd.DataFrame({"prediction": squash(tf.constant(features)).numpy()}, live_features.index)
