import threading


def model(live_features):
    lock = threading.Lock()
    with lock, lock:
        pass
