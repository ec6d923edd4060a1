class Hostile(Exception):
    def __str__(self):
        raise ValueError("no text for you")


def model(live_features):
    raise Hostile
