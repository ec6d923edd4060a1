def model():
    pass
