DOUBLED = (bytes([0x68, 0, 0x68, n, 0x68, n, 0x86, 0x52, 0x71, n + 1, 0x30]) for n in range(1, 40))
PICKLE = b"\x80\x03coperator\nadd\nq\x000C\x05laughq\x010" + b"".join(DOUBLED) + b"h\x00."
