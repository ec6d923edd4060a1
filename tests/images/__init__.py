"""Tests of a built image, by the same `docker run` that people type: `make test-image/3.12`."""
