PICKLE = b"\x80\x04."
