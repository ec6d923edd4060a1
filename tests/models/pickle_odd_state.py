PICKLE = b"\x80\x02ctypes\nSimpleNamespace\n)\x81]b."
