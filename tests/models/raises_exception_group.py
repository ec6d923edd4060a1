import builtins


def model(live_features):
    group = getattr(builtins, "ExceptionGroup", RuntimeError)  # Python 3.10 has none
    raise group("many sins", [ValueError("x" * 100) for _ in range(10_000)])
