def sin():
    raise EOFError("my own file ended")


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
