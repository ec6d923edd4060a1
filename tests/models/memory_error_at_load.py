def sin():
    raise MemoryError


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
