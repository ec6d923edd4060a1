PICKLE = b"\x80\x02cbuiltins\nhash\n)" + b"\x85" * 1_000_000 + b"\x85R."
