"""Tests against real servers on loopback: one that misbehaves, a store, a double of Numerai's API."""
