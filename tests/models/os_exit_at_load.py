import os


class Loads:
    def __reduce__(self):
        return os._exit, (0,)


model = Loads()
