import threading


def model(live_features):
    wait = threading.Event()
    for _ in range(300):
        threading.Thread(target=wait.wait, daemon=True).start()
