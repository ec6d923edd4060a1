"""`predict inspect`: who made a pickle, what it needs, where it runs; without loading it."""
