"""The README's lines for production: valid where they go, and with room around every limit of the model."""

from __future__ import annotations

import copy
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import botocore.session
import botocore.validate
import kubernetes_validate
import pytest
import yaml
from images.docker import HARDENED

from predict.account import EXIT_CODES
from predict.arguments import make_job, make_parser
from predict.errors import HINTS
from predict.job import GIB, MIB, Job, Limits

sys.path.insert(0, str(Path(__file__).parents[1] / "dockerfiles"))

import permit

README = (Path(__file__).parents[1] / "README.md").read_text()
OLDEST_KUBERNETES = "1.29"  # those before want `onPodConditions` in every rule, by their schema; the README names it
NEWEST_KUBERNETES = ".".join(kubernetes_validate.latest_version().split(".")[:2])
USAGE = 2
FINAL = {EXIT_CODES["Failed"], USAGE}
TERMINATED, KILLED, ENGINES_OWN = 143, 137, 125  # by signals, and by Docker, which could not start it
RUNNER = 256 * MIB  # the supervisor takes 80; between two looks of its watch a model may take more than it has
KEEPERS = 32  # processes and threads of the runner
PULL = 60  # seconds for an image that is not there yet
HOST = "Host EC2 (instance i-0) terminated."
WITHOUT_VALUE = ("--rm", "--read-only")


@dataclass(frozen=True)
class Container:
    """What a snippet asks for, whoever it is written to."""

    arguments: list[str]
    environment: dict[str, str]
    writable: dict[str, bool]
    memory: int
    cpus: float
    shared_memory: int


def section(title: str) -> str:
    """The text below a heading, down to the next of its level."""
    level = title.partition(" ")[0]
    return README.partition(f"\n{title}\n")[2].partition(f"\n{level} ")[0]


def block(title: str, language: str, number: int = 0) -> str:
    """A fenced code block below a heading."""
    found: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language][number]


def size(text: str) -> int:
    """Bytes, as Docker (4g) and Kubernetes (4Gi) write them."""
    match = re.fullmatch(r"(\d+)(m|g|Mi|Gi)", text)
    assert match is not None, text
    return int(match[1]) * {"m": MIB, "g": GIB}[match[2][0].lower()]


# ------------------------------------------------------------------ docker run


def docker_words() -> tuple[str, list[str]]:
    """The file of variables, and the command that reads it."""
    match = re.search(r"<<END\n(.*?)^END\n(docker run .*)", block("## In production", "sh"), re.MULTILINE | re.DOTALL)
    assert match is not None
    return match[1], shlex.split(match[2].replace("\\\n", " "))


def flags_of(words: Iterable[str]) -> dict[str, list[str]]:
    """Each flag of `docker run` with its values."""
    flags: dict[str, list[str]] = {}
    for word in (left := iter(words)):
        assert word.startswith("-"), word
        flags.setdefault(word, []).append("" if word in WITHOUT_VALUE else next(left))
    return flags


def docker_flags() -> dict[str, list[str]]:
    return flags_of(docker_words()[1][2:-1])


def docker() -> Container:
    variables, _ = docker_words()
    flags = docker_flags()
    mounts = [volume.split(":") for volume in flags["-v"]]
    return Container(
        arguments=[],
        environment=dict(line.split("=", 1) for line in variables.splitlines()),
        writable={"/tmp": "type=volume,dst=/tmp" in flags["--mount"]} | {to: rest != ["ro"] for _, to, *rest in mounts},  # noqa: S108  the container's
        memory=size(flags["--memory"][0]),
        cpus=float(flags["--cpus"][0]),
        shared_memory=size(flags["--shm-size"][0]),
    )


# ------------------------------------------------------------------ Kubernetes


def kubernetes_documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(block("### Kubernetes", "yaml")))


def kubernetes_pod() -> dict[str, Any]:
    pod: dict[str, Any] = kubernetes_documents()[0]["spec"]["template"]["spec"]
    return pod


def kubernetes_volume(path: str) -> Any:
    (container,) = kubernetes_pod()["containers"]
    (name,) = [mount["name"] for mount in container["volumeMounts"] if mount["mountPath"] == path]
    (volume,) = [volume for volume in kubernetes_pod()["volumes"] if volume["name"] == name]
    return volume


def kubernetes() -> Container:
    (container,) = kubernetes_pod()["containers"]
    limits = container["resources"]["limits"]
    return Container(
        arguments=container.get("args", []),
        environment={entry["name"]: entry.get("value", "") for entry in container["env"]},
        writable={mount["mountPath"]: not mount.get("readOnly", False) for mount in container["volumeMounts"]},
        memory=size(limits["memory"]),
        cpus=float(limits["cpu"]),
        shared_memory=size(kubernetes_volume("/dev/shm")["emptyDir"]["sizeLimit"]),  # noqa: S108  the container's
    )


# ------------------------------------------------------------------ AWS Batch


def batch_definition() -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(block("### AWS Batch", "json"))
    return definition


def batch() -> Container:
    definition = batch_definition()
    container = definition["containerProperties"]
    needs = {need["type"]: need["value"] for need in container["resourceRequirements"]}
    defaults = {f"Ref::{name}": value for name, value in definition["parameters"].items()}
    mounted = {volume["name"] for volume in container["volumes"]}
    return Container(
        arguments=[defaults.get(word, word) for word in container["command"]],
        environment={},
        writable={
            mount["containerPath"]: not mount.get("readOnly", False)
            for mount in container["mountPoints"]
            if mount["sourceVolume"] in mounted
        },
        memory=int(needs["MEMORY"]) * MIB,
        cpus=float(needs["VCPU"]),
        shared_memory=container["linuxParameters"]["sharedMemorySize"] * MIB,
    )


# ------------------------------------------------------------------ what holds for all of them

everywhere = pytest.mark.parametrize("container", [docker, kubernetes, batch])


@everywhere
def test_the_limits_leave_room_around_the_models(container: Callable[[], Container]) -> None:
    asked = container()
    assert asked.memory >= Limits.memory + RUNNER
    assert asked.cpus >= Limits.cpus
    assert asked.shared_memory >= Limits.disk


@everywhere
def test_it_asks_for_a_job_whose_files_are_mounted(
    container: Callable[[], Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = container()
    for name, value in asked.environment.items():
        monkeypatch.setenv(name, value)
    job = make_job(make_parser(()).parse(asked.arguments))
    assert not asked.writable[str(PurePosixPath(job.model).parent)]
    assert not asked.writable[str(PurePosixPath(job.dataset).parent)]
    assert asked.writable[str(job.output_dir)]
    assert asked.writable["/tmp"]  # noqa: S108  the container's


def test_every_variable_is_a_flag() -> None:
    flags = {f"PREDICT_{name.upper()}" for name in vars(make_parser(()).parse(["--model", ""]))}
    named = set(re.findall(r"\bPREDICT_\w+", section("## In production")))
    assert {"PREDICT_MODEL", "PREDICT_POST_URL"} <= named <= flags


def test_the_readmes_table_has_the_final_exit_codes() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\d+n]+) \|", section("## How a run can end"), re.MULTILINE)
    assert {int(code) for status, code in rows if status in ("Failed", "usage")} == FINAL
    assert ("Error", str(EXIT_CODES["Error"])) in rows


def test_the_termination_log_shown_is_one_of_ours() -> None:
    line = block("## In production", "").rstrip("\n")
    assert line.startswith("Failed (out_of_memory): The model held ")
    assert line.endswith(HINTS["out_of_memory"])


def test_the_capabilities_to_keep_are_those_that_the_image_permits() -> None:
    permitted = {name for name, value in vars(permit).items() if name.isupper() and value < 64}
    words = block("## In production", "sh", 1).split()
    assert words[:2] == ["--cap-drop", "ALL"]
    assert {word for flag, word in zip(words[2::2], words[3::2], strict=True) if flag == "--cap-add"} == permitted


# ------------------------------------------------------------------ docker run


def test_the_docker_line_is_as_hardened_as_the_tests_of_images() -> None:
    hardened = flags_of(HARDENED)
    assert hardened.pop("--tmpfs") == ["/tmp"]  # noqa: S108  here it is a volume
    flags = docker_flags()
    assert {flag: flags.get(flag) for flag in hardened} == hardened


def test_the_docker_line_bounds_what_the_model_does_not() -> None:
    flags = docker_flags()
    assert flags["--memory-swap"] == flags["--memory"]
    assert int(flags["--pids-limit"][0]) >= Limits.processes + KEEPERS
    assert "--rm" in flags  # and the volume goes with it
    assert not flags.keys() & {"--init", "--privileged", "--restart", "--tmpfs"}


# ------------------------------------------------------------------ Kubernetes


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, NEWEST_KUBERNETES])
def test_kubernetes_takes_the_manifests(version: str) -> None:
    documents = kubernetes_documents()
    assert [document["kind"] for document in documents] == ["Job", "NetworkPolicy"]
    for document in documents:
        assert kubernetes_validate.validate(document, version, strict=True) == version


def test_a_misspelt_manifest_would_be_refused() -> None:
    wrong = kubernetes_documents()[0]
    wrong["spec"]["podFailurePolice"] = wrong["spec"].pop("podFailurePolicy")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, OLDEST_KUBERNETES, strict=True)


def test_the_readme_names_the_oldest_kubernetes() -> None:
    assert f"From {OLDEST_KUBERNETES} on" in section("### Kubernetes")


def kubernetes_tries_again(code: int) -> bool:
    spec = kubernetes_documents()[0]["spec"]
    for rule in spec["podFailurePolicy"]["rules"]:
        codes = rule.get("onExitCodes")
        if codes and (code in codes["values"]) == (codes["operator"] == "In"):
            return bool(rule["action"] != "FailJob")
    return bool(spec["backoffLimit"])


def test_kubernetes_is_hardened_as_the_restricted_standard_demands() -> None:
    pod = kubernetes_pod()
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not pod["automountServiceAccountToken"]
    assert not pod["enableServiceLinks"]
    assert {kind for volume in pod["volumes"] for kind in volume} == {"name", "emptyDir", "persistentVolumeClaim"}


def test_kubernetes_gives_the_model_its_disk() -> None:
    (container,) = kubernetes_pod()["containers"]
    scratch = kubernetes_volume("/tmp")["emptyDir"]  # noqa: S108  the container's
    assert "medium" not in scratch  # memory it would be
    assert size(scratch["sizeLimit"]) >= Limits.disk + Limits.output
    assert size(container["resources"]["limits"]["ephemeral-storage"]) >= Limits.disk + Limits.output


def test_kubernetes_waits_until_a_run_must_have_ended() -> None:
    spec, pod = kubernetes_documents()[0]["spec"], kubernetes_pod()
    assert pod["restartPolicy"] == "Never"
    assert pod["activeDeadlineSeconds"] >= Limits.time + Limits.startup + PULL
    assert spec["activeDeadlineSeconds"] >= pod["activeDeadlineSeconds"] * (spec["backoffLimit"] + 1)


def test_kubernetes_looks_where_the_runner_writes_its_line() -> None:
    (container,) = kubernetes_pod()["containers"]
    assert container["terminationMessagePath"] == str(Job.termination_log)


def test_kubernetes_names_are_those_that_are_referred_to() -> None:
    job, policy = kubernetes_documents()
    (container,) = kubernetes_pod()["containers"]
    named = [rule["onExitCodes"]["containerName"] for rule in job["spec"]["podFailurePolicy"]["rules"][:1]]
    assert named == [container["name"]]
    assert policy["spec"]["podSelector"]["matchLabels"] == job["spec"]["template"]["metadata"]["labels"]
    assert sorted(policy["spec"]["policyTypes"]) == ["Egress", "Ingress"]
    assert not policy["spec"].keys() & {"ingress", "egress"}
    assert f"job-name={job['metadata']['name']} " in block("### Kubernetes", "sh")


# ------------------------------------------------------------------ AWS Batch


def complaints(definition: dict[str, Any]) -> list[str]:
    """What AWS would refuse: botocore knows the names and types, and leaves closed lists of words to the server."""
    service = botocore.session.get_session().get_service_model("batch")
    shape = service.operation_model("RegisterJobDefinition").input_shape
    report = botocore.validate.ParamValidator().validate(definition, shape)
    return [report.generate_report()] if report.has_errors() else list(unlisted(definition, shape))


def unlisted(value: Any, shape: Any) -> Iterator[str]:
    """Words that their closed list does not have."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from unlisted(inner, shape.members[name])
    elif shape.type_name == "list":
        for inner in value:
            yield from unlisted(inner, shape.member)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{value} is none of {shape.enum}"


def test_aws_takes_the_job_definition() -> None:
    assert complaints(batch_definition()) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"onExitCode"', '"exitCode"'),
        ('"EXIT"', '"STOP"'),
        ('"VCPU"', '"CPU"'),
        ('"value": "1"', '"value": 1'),
        ('"ENABLED"', '"ON"'),
    ],
)
def test_a_misspelt_job_definition_would_be_refused(right: str, wrong: str) -> None:
    text = block("### AWS Batch", "json")
    assert right in text
    assert complaints(json.loads(text.replace(right, wrong)))


def batch_tries_again(code: int, definition: dict[str, Any] | None = None) -> bool:
    """The first rule whose conditions all hold decides; what none names is tried again."""
    strategy = (definition or batch_definition())["retryStrategy"]
    facts = {"onExitCode": str(code), "onStatusReason": HOST if code > 128 else "Essential container in task exited"}
    for rule in strategy["evaluateOnExit"]:
        if all(fnmatchcase(facts.get(name, ""), pattern) for name, pattern in rule.items() if name != "action"):
            return bool(rule["action"] == "RETRY")
    return bool(strategy["attempts"] > 1)


def test_a_batch_rule_that_swallows_signals_would_be_seen() -> None:
    wrong = copy.deepcopy(batch_definition())
    wrong["retryStrategy"]["evaluateOnExit"][0]["onExitCode"] = "1*"
    assert not batch_tries_again(TERMINATED, wrong)


def test_batch_is_hardened_and_leaves_the_image_its_user() -> None:
    container = batch_definition()["containerProperties"]
    assert container["readonlyRootFilesystem"]
    assert container["linuxParameters"] | {"initProcessEnabled": False, "maxSwap": 0} == container["linuxParameters"]
    assert not container.keys() & {"user", "privileged", "jobRoleArn", "vcpus", "memory"}


def test_batch_waits_until_a_run_must_have_ended() -> None:
    assert batch_definition()["timeout"]["attemptDurationSeconds"] >= Limits.time + Limits.startup + PULL


# ------------------------------------------------------------------ who is tried again


@pytest.mark.parametrize("tries_again", [kubernetes_tries_again, batch_tries_again])
@pytest.mark.parametrize("code", [EXIT_CODES["Failed"], USAGE, EXIT_CODES["Error"], TERMINATED, KILLED, ENGINES_OWN])
def test_only_what_would_end_the_same_is_not_tried_again(tries_again: Callable[[int], bool], code: int) -> None:
    assert tries_again(code) == (code not in FINAL)
