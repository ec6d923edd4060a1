import sys


class Loads:
    def __reduce__(self):
        return sys.exit, (0,)


model = Loads()
