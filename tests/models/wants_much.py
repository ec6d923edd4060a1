def model(live_features):
    import subprocess
    import urllib.request

    answer = urllib.request.urlopen("http://example.org").read()
    subprocess.run(["true"])
    with open("weights.txt") as file:
        weights = file.read()
    return live_features.to("cuda"), answer, weights
