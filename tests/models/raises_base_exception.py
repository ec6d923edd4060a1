class Stop(BaseException):
    pass


def model(live_features):
    raise Stop("enough")
