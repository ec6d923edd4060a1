import pickle

PICKLE = pickle.dumps({"weights": list(range(10_000))})[:5_000]
