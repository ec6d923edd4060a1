PICKLE = (
    b"(S'import socket\\ntry: socket.socket(2); print(\"LEAK a socket\")\\nexcept OSError: pass'\nibuiltins\nexec\n."
)
