import subprocess


def model(live_features):
    subprocess.run(["yes", "no"])
