PICKLE = b"\x80\x02Nr\xff\xff\xff\x7f."  # None is kept as number 2^31 - 1 of an array
