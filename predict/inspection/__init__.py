"""Static reading of a pickle: who wrote it, what it needs, where it runs. Nothing that it names is imported or called.

Theory of operation. `unpickler` lets CPython's own unpickler build the thing out of stand-ins (the only two ways from a
pickle to anything else are answered with them). Among the calls that it would have made are those of the code object's
constructor: `code` keeps their arguments, and `bytecode` finds the Pythons whose rules those bytes keep, by what each
interpreter says of itself (`interpreters/`, made by `make interpreters/3.12`).

In the order of the data: `wrappers` unpacks, `shortened` leaves out what is only large, `unpickler` builds, `graph`
walks over what was built; `functions`, `uses`, `model`, `libraries`, `parts`, `wants` and `calls` tell one kind of
thing each, and `gather` puts it together as `facts`. So far it is the standard library alone, and runs in the locked
room. What follows runs outside, on facts: `environments` knows what an image (`predict/images/`, made by `make
manifest/3.12`) or this Python has, `judge` and `rules` compare, and `best` names the image to take.
"""
