"""Tests of the static reading of pickles."""
