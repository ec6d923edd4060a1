def sin():
    while True:
        pass


class Loads:
    def __reduce__(self):
        return sin, ()


model = Loads()
