from multiprocessing.shared_memory import SharedMemory


def model(live_features):
    shared = SharedMemory(create=True, size=100 * 1024**2)  # more than Docker's 64 MiB
    shared.buf[:] = bytes(shared.size)
