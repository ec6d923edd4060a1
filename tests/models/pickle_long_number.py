PICKLE = b"I" + b"9" * 10_000_000 + b"\n."
