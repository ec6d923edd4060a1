import signal


def model(live_features):
    for number in range(3):
        with open(f"/dev/shm/hides_memory_{number}", "wb") as file:
            file.write(b"x" * 16 * 1024**2)
    signal.pause()
