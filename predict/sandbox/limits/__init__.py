"""One file per mechanism: what it can enforce here, and how."""
