import signal
import threading


def model(live_features):
    threading.stack_size(64 * 1024)
    wait = threading.Event()
    for _ in range(1_000):
        try:
            threading.Thread(target=wait.wait).start()
        except RuntimeError:
            break
    signal.pause()
