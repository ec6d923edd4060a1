def model(live_features):
    class Meta(type):
        __name__ = property(lambda cls: 1 / 0)

    class Cause(Exception):
        def __bool__(self):
            raise SystemExit

    raise Meta("Hostile", (Exception,), {})("boo") from Cause()
