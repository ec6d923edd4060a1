import os
import signal


def model(live_features):
    reader, writer = os.pipe()
    for _ in range(20):
        if not os.fork():
            os.fork()
            os._exit(0)
        os.wait()
    os.close(writer)
    os.read(reader, 1)  # its end: none of them runs any more
    print("all are dead", flush=True)
    signal.pause()
