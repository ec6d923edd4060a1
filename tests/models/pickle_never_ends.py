PICKLE = b"cbuiltins\nsum\n(citertools\nrepeat\n(I0\ntRtR."
