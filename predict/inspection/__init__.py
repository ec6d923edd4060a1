"""Static reading of a pickle: who wrote it, what it needs, where it runs. Nothing that it names is imported or called.

Theory of operation. `unpickler` lets CPython's own unpickler build the thing out of stand-ins (the only two ways from a
pickle to anything else are answered with them). Among the calls that it would have made are those of the code object's
constructor: `code` keeps their arguments, and `bytecode` finds the Pythons whose rules those bytes keep, by what each
interpreter says of itself (`interpreters/`, made by `make interpreters`).
"""
