def sin():
    raise ValueError("bad moon")


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
