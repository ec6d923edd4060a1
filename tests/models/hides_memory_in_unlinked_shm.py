import os
import signal


def model(live_features):
    held = [open(f"/dev/shm/hides_memory_unlinked_{number}", "wb") for number in range(3)]
    for file in held:
        os.unlink(file.name)
        file.write(b"x" * 16 * 1024**2)
        file.flush()
    signal.pause()
