"""What an image is made of: users, labels, what is in it and what is not."""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path
from typing import Any

import pytest

from images.docker import HARDENED, Image, docker, mounted, succeeded

HERE = Path(__file__).parent
MANIFESTS = HERE.parents[1] / "predict" / "images"
APP = "/opt/numerai-predict"
LABELS = ("title", "description", "version", "revision", "created", "source")


@pytest.fixture(scope="module")
def config(image: Image) -> dict[str, Any]:
    (found,) = json.loads(docker("image", "inspect", image.name))
    config: dict[str, Any] = found["Config"]
    return config


@pytest.fixture(scope="module")
def audit(image: Image) -> dict[str, list[str]]:
    """What root finds in the image, and what its own user may change."""
    found: dict[str, list[str]] = {}
    for user in ([], ["--user", "0"]):
        ended = image.python("-I", HERE / "audit.py", flags=(*mounted(HERE / "audit.py"), *user))
        found |= {f"{name}{' by root' if user else ''}": paths for name, paths in json.loads(succeeded(ended)).items()}
    return found


def test_it_tells_what_it_is(image: Image, told: dict[str, Any]) -> None:
    python = re.search(r"_py_(\d)_(\d+):", image.name)
    assert python is not None
    assert told["python"].startswith(".".join(python.groups()) + ".")
    assert told["set"] == ("core" if image.name.endswith("core") else "full")
    assert told["image"] == image.name
    assert all(limit["enforced_by"] for limit in told["limits"])
    assert told["acceleration"]["ways"]


def test_its_user_is_nobody_and_its_program_process_1(config: dict[str, Any]) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"])
    assert config["Entrypoint"] == [f"{APP}/bin/predict"]  # without a shell, which would keep signals to itself
    assert not config.get("Cmd")
    assert config["WorkingDir"] == APP


def test_its_labels_tell_where_it_comes_from(config: dict[str, Any], told: dict[str, Any]) -> None:
    labels = {name: config["Labels"][f"org.opencontainers.image.{name}"] for name in LABELS}
    assert labels["title"] == "numerai-predict"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", labels["created"])
    assert f"GIT_REF={labels['revision']}" in config["Env"]
    assert told["runner"] == labels["revision"]


def test_no_compiler_no_pip_no_cache(audit: dict[str, list[str]]) -> None:
    assert audit["tools by root"] == []
    assert audit["caches by root"] == []


def test_its_user_can_change_nothing_of_it(audit: dict[str, list[str]]) -> None:
    assert audit["writable"] == []


def test_only_the_programs_python_may_do_more_than_its_user(audit: dict[str, list[str]]) -> None:
    assert audit["privileged by root"] == ["/opt/venv/bin/python"]


@pytest.mark.parametrize("word", ["-c", "-Ic"])
def test_to_a_model_predict_is_no_module_of_ours(word: str, image: Image) -> None:
    code = "import importlib.util; print(importlib.util.find_spec('predict'))"
    assert succeeded(image.python(word, code, flags=(*HARDENED, "--workdir", "/"))).strip() == "None"


def test_its_lock_is_what_is_installed(image: Image, told: dict[str, Any]) -> None:
    lock = succeeded(image.run("/opt/venv/requirements.txt", flags=("--entrypoint", "cat", *HARDENED)))
    assert dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE)) == told["libraries"]
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:])


def test_what_is_checked_in_of_it_is_true(told: dict[str, Any]) -> None:
    python, _, _ = told["python"].rpartition(".")
    manifest = json.loads((MANIFESTS / f"{python}-{told['set']}.json").read_text())
    assert manifest == {"python": python, "set": told["set"], "libraries": told["libraries"]}, "stale: `make manifest/`"


def test_what_is_checked_in_of_its_modules_is_true(image: Image, told: dict[str, Any]) -> None:
    script = MANIFESTS.parent / "inspection" / "contents.py"
    ended = image.python("-I", "-W", "ignore", script, flags=mounted(script))
    contents = json.loads(succeeded(ended))
    del contents["libraries"]
    python = contents.pop("python")
    path = MANIFESTS / f"{python}-{told['set']}.contents.xz"
    assert json.loads(lzma.decompress(path.read_bytes())) == contents, f"stale: `make manifest/{python}`"


def test_its_bill_of_materials_names_what_is_installed(image: Image, told: dict[str, Any]) -> None:
    sbom = json.loads(succeeded(image.run("/opt/venv/sbom.cdx.json", flags=("--entrypoint", "cat", *HARDENED))))
    assert sbom["bomFormat"] == "CycloneDX"
    listed = {re.sub(r"[-_.]+", "-", part["name"]).lower(): part["version"] for part in sbom["components"]}
    assert listed == told["libraries"]
