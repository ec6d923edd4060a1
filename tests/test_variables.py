"""What a model's process finds in its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from predict.sandbox.variables import environment


def test_nothing_but_what_is_needed_is_handed_on() -> None:
    ours = {"PATH": "/bin", "KERAS_BACKEND": "numpy", "PREDICT_POST_DATA": "secret", "AWS_SESSION_TOKEN": "secret"}
    found = environment("/scratch", 1, ours)
    assert (found["PATH"], found["KERAS_BACKEND"], found["HOME"]) == ("/bin", "numpy", "/scratch")
    assert "secret" not in found.values()


@pytest.mark.parametrize(
    ("installed", "told"),
    [((), None), (("tensorflow", "jax", "torch"), None), (("torch", "jax"), "jax"), (("torch",), "torch")],
)
def test_keras_is_told_what_is_there_instead_of_tensorflow(
    installed: tuple[str, ...], told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in installed:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert environment("/scratch", 1, {}).get("KERAS_BACKEND") == told
