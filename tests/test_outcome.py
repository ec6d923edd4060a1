"""From facts to verdicts, without a process: each rule on its own."""

from __future__ import annotations

import signal  # noqa: TID251  names of signals
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from predict.errors import ModelFailed, PlatformError, RunError
from predict.job import Limits
from predict.sandbox import Ending, Request, judge
from predict.sandbox.ending import OomKill
from predict.sandbox.messages import Answer, Failed, Ready, Refused, Unusable


def _stream(table: pa.Table, compression: str | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


IDS = _stream(pa.table({"id": ["n1"]}))

REQUEST = Request(Path("model.pkl"), Path("live.parquet"), Path("benchmarks.parquet"))
UNREADY = Ending(REQUEST)
READY = Ending(REQUEST, ready=Ready(rows=1, ids=["id"], libraries={}, bytes=0), ids=IDS, phase="call")
TRACE = """Fatal Python error: Segmentation fault

Thread 0x00007d (most recent call first):
  File "/usr/lib/python3/queue.py", line 10 in idle

Current thread 0x00007f (most recent call first):
  File "cell 7", line 4 in predict
  File "/app/predict/sandbox/worker/main.py", line 99 in answer

Thread 0x00007e (most recent call first):
  File "/usr/lib/python3/threading.py", line 359 in wait

Extension modules: numpy._core._multiarray_umath, pandas._libs.tslibs (total: 2)
"""


def _raised(*kinds: str, text: str = "", module: str = "", phase: str = "call", inside: bool = True) -> Ending:
    return replace(READY, last=Failed(phase, list(kinds), text, module, inside, "Traceback"))  # type: ignore[arg-type]  # a phase


AT_LIMIT = OomKill("cgroup", 4 * 2**30, 4 * 2**30, ours=True)
SMALL = OomKill("cgroup", 2**30, 2**30, ours=True)
FULL = OomKill("cgroup", 4 * 2**30, 2**30, ours=True)
NEIGHBOUR = OomKill("cgroup", 4 * 2**30, 4 * 2**30, ours=False)
BROKEN_POOL = _raised("concurrent.futures.process.BrokenProcessPool")
NO_SPACE = _raised("OSError", text="[Errno 28] No space left on device")
NO_THREAD = replace(READY, exit_code=1, errors="libgomp: Thread creation failed: Resource temporarily unavailable\n")
SMALL_SHARED_MEMORY = replace(READY, signal=signal.SIGBUS, shared_memory=64 * 2**20)
NO_FORK = _raised("BlockingIOError", "OSError", text="[Errno 11] Resource temporarily unavailable")

CASES: list[tuple[str, Ending, str, str]] = [
    (
        "death before ready",
        replace(UNREADY, exit_code=1, errors="x\nImportError: y"),
        "worker_not_ready",
        "ImportError: y",
    ),
    ("signal before ready", replace(UNREADY, signal=9), "worker_not_ready", "SIGKILL"),
    ("never ready", replace(UNREADY, cause="startup"), "worker_not_ready", "within 120 s"),
    ("nonsense before ready", replace(UNREADY, cause="protocol", detail="b'x'"), "worker_not_ready", "protocol"),
    (
        "unusable data",
        replace(UNREADY, last=Unusable("it has no rows")),
        "dataset_unavailable",
        "it has no rows",
    ),
    ("segmentation fault", replace(READY, signal=11, trace=TRACE), "crashed", 'SIGSEGV while predicting, at "cell 7"'),
    ("bus error", replace(READY, signal=signal.SIGBUS, phase="load"), "crashed", "while loading the pickle"),
    ("illegal instruction", replace(READY, signal=signal.SIGILL), "crashed", "SIGILL"),
    ("forbidden system call", replace(READY, signal=signal.SIGSYS), "crashed", "SIGSYS"),
    ("abort", replace(READY, signal=6, errors="oops"), "crashed", "SIGABRT"),
    ("abort without memory", replace(READY, signal=6, errors="what():  std::bad_alloc"), "out_of_memory", "bad_alloc"),
    ("kill", replace(READY, signal=9), "killed_from_outside", "the runner did not send it"),
    ("terminate", replace(READY, signal=15), "killed_from_outside", "SIGTERM"),
    ("real-time signal", replace(READY, signal=40), "crashed", "signal 40"),
    ("own signal", replace(READY, signal=signal.SIGUSR1), "crashed", "SIGUSR1"),
    ("early exit", replace(READY, exit_code=0), "exited_early", "exit code 0 while predicting"),
    ("time", replace(READY, cause="timeout", trace=TRACE), "timeout", 'after 600 s, at "cell 7", line 4 in predict'),
    ("memory", replace(READY, cause="memory", peak_memory=5 * 2**30), "out_of_memory", "5,120 MiB of 4,096 MiB"),
    ("output", replace(READY, cause="output"), "output_too_large", "64 MiB"),
    ("limit before death", replace(READY, cause="timeout", signal=11), "timeout", "600 s"),
    ("subclass of MemoryError", _raised("ArrayMemoryError", "MemoryError", text="1 TiB"), "out_of_memory", "1 TiB"),
    ("import in the call", _raised("ModuleNotFoundError", module="mine"), "missing_dependency", "'mine'"),
    ("exit with text", _raised("SystemExit", text="bye"), "exited_early", "bye"),
    ("submodule in the call", _raised("ModuleNotFoundError", module="a.b"), "dependency_mismatch", "'a.b'"),
    ("import of nothing", _raised("ModuleNotFoundError", text="odd"), "model_raised", "odd"),
    (
        "our own encoder",
        _raised("ValueError", phase="answer", inside=False),
        "bad_answer",
        "cannot be read: ValueError",
    ),
    (
        "no OpenMP",
        _raised("OSError", text="libgomp.so.1: cannot open shared object file"),
        "missing_dependency",
        "libgomp",
    ),
    ("data that we cannot read either", _raised("ValueError", phase="read"), "dataset_unavailable", "live.parquet"),
    ("broken ids", replace(READY, last=Answer([], 0, "", numeric=True, bytes=0), ids=b"x"), "internal", "live ids"),
    ("odd load", _raised("EOFError", phase="load"), "load_failed", "EOFError"),
    ("damaged file", _raised("EOFError", phase="load", inside=False), "invalid_pickle", "EOFError"),
    (
        "own function code_x",
        _raised("TypeError", text="code_x() argument", phase="load", inside=False),
        "load_failed",
        "",
    ),
    ("closed channel", replace(READY, exit_code=97), "bad_answer", "closed the runner's channel"),
    ("model gone", replace(UNREADY, cause="no_model", detail="No such file"), "model_unavailable", "No such file"),
    ("data gone", replace(UNREADY, cause="no_features", detail="No such file"), "dataset_unavailable", "live.parquet"),
    ("no guard", replace(UNREADY, cause="unguarded", detail="network"), "guard_unavailable", "network"),
    ("keeper gone", READY, "killed_from_outside", "keeper"),
    ("processes", replace(READY, cause="processes", detail="512 processes"), "process_limit", "512 processes of 512"),
    ("disk", replace(READY, cause="disk", detail="9 MiB of 8 MiB in files"), "disk_limit", "kept 9 MiB of 8 MiB"),
    ("killed at the limit", replace(READY, signal=9, oom_kill=AT_LIMIT), "out_of_memory", "held all of 4,096 MiB"),
    ("child killed at the limit", replace(READY, cause="oom_kill", oom_kill=AT_LIMIT), "out_of_memory", "4,096 MiB"),
    ("killed in a small container", replace(READY, signal=9, oom_kill=SMALL), "killed_from_outside", "(1,024 MiB)"),
    ("killed on a full machine", replace(READY, signal=9, oom_kill=FULL), "killed_from_outside", "the whole machine"),
    ("a neighbour killed", replace(READY, signal=9, oom_kill=NEIGHBOUR), "killed_from_outside", "counter"),
    ("pool killed", replace(BROKEN_POOL, oom_kill=AT_LIMIT), "out_of_memory", "held all of 4,096 MiB"),
    ("pool of a neighbour killed", replace(BROKEN_POOL, oom_kill=NEIGHBOUR), "model_raised", "BrokenProcessPool"),
    ("file too large", _raised("OSError", text="[Errno 27] File too large"), "disk_limit", "2,048 MiB into a file"),
    ("disk full", replace(NO_SPACE, disk_full=True), "internal", "is full"),
    ("disk said to be full", NO_SPACE, "model_raised", "No space left"),
    ("no more processes", replace(NO_FORK, peak_tasks=511), "process_limit", "511 of 512"),
    ("no more threads for OpenMP", replace(NO_THREAD, peak_tasks=511), "process_limit", "511"),
    ("few processes", replace(NO_FORK, tasks_refused_at=100), "internal", "more than the 100 processes and threads"),
    ("few threads for OpenMP", replace(NO_THREAD, tasks_refused_at=9), "internal", "libgomp"),
    ("as many processes as promised", replace(NO_FORK, tasks_refused_at=600), "model_raised", "temporarily"),
    ("shared memory full", replace(SMALL_SHARED_MEMORY, shared_memory_full=True), "internal", "(64 MiB) is full"),
    ("shared memory small", SMALL_SHARED_MEMORY, "crashed", "SIGBUS"),
    ("said to have no more processes", NO_FORK, "model_raised", "temporarily unavailable"),
    ("escape in a text", _raised("ValueError", text="\x1b[2J"), "model_raised", "\\x1b[2J"),
    ("refusal", replace(READY, last=Refused("not_callable", "an int\x07")), "not_callable", "An int\\x07."),
    (
        "answer that is no Arrow",
        replace(READY, last=Answer([], 0, "", numeric=True, bytes=0)),
        "bad_answer",
        "not valid",
    ),
]


@pytest.mark.parametrize(
    ("ending", "reason", "evidence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_ending_has_its_verdict(ending: Ending, reason: str, evidence: str) -> None:
    with pytest.raises(RunError) as caught:
        judge(ending, Limits())
    assert caught.value.reason == reason
    assert evidence in caught.value.message


@pytest.mark.parametrize("ending", [case[1] for case in CASES if case[1].ready is None])
def test_before_ready_the_platform_is_blamed(ending: Ending) -> None:
    with pytest.raises(PlatformError):
        judge(ending, Limits())


@pytest.mark.parametrize(
    ("kinds", "trace", "told"),
    [
        (["requests.exceptions.ConnectionError", "OSError"], "", True),
        (["socket.gaierror", "OSError"], "", True),
        (["PermissionError", "OSError"], '  File "/usr/lib/python3/socket.py", line 233, in __init__', True),
        (["PermissionError", "OSError"], '  File "cell 7", line 1, in predict', False),
        (["ValueError"], "", False),
    ],
)
@pytest.mark.parametrize("guarded", [True, False])
def test_who_wants_the_network_is_told_that_there_is_none(
    kinds: list[str], trace: str, *, told: bool, guarded: bool
) -> None:
    mechanisms = {"seccomp": None if guarded else "not Linux"}
    ending = replace(READY, last=Failed("call", kinds, "", "", inside=True, trace=trace), mechanisms=mechanisms)
    with pytest.raises(RunError) as caught:
        judge(ending, Limits())
    assert ("no network" in caught.value.hint) == (told and guarded)


def test_who_died_of_sigbus_where_shared_memory_is_small_is_told_so() -> None:
    with pytest.raises(RunError) as caught:
        judge(SMALL_SHARED_MEMORY, Limits())
    assert "--shm-size" in caught.value.hint


def test_who_was_slow_with_many_threads_is_told_so() -> None:
    with pytest.raises(RunError) as caught:
        judge(replace(READY, cause="timeout", peak_tasks=66), Limits())
    assert "66 threads and processes on 1 CPU" in caught.value.hint


FORMS = {
    "other type": pa.table({"id": ["n1"], "value": pa.array([1], pa.int32())}),
    "dictionary": pa.table({"id": pa.array(["n1"]).dictionary_encode(), "value": [0.5]}),
    "compressed": pa.table({"id": ["n1"], "value": [0.5]}),
    "more columns": pa.table({"id": ["n1"], "value": [0.5], "more": [0.5]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_of_another_form_is_refused_before_it_is_read(form: str) -> None:
    payload = _stream(FORMS[form], "zstd" if form == "compressed" else None)
    last = Answer(["prediction"], 1, "float64", numeric=True, bytes=len(payload))
    with pytest.raises(ModelFailed, match=r"wrong form|compressed") as caught:
        judge(replace(READY, last=last, payload=payload), Limits())
    assert caught.value.reason == "bad_answer"


def test_a_trace_shows_the_models_frames_only() -> None:
    with pytest.raises(ModelFailed) as caught:
        judge(replace(READY, signal=11, trace=TRACE), Limits())
    assert caught.value.trace is not None
    assert 'File "cell 7", line 4 in predict' in caught.value.trace
    assert "main.py" not in caught.value.trace


IN_KERNEL = '  File "/app/predict/sandbox/worker/accelerate/forest.py", line 99 in predict\n'
BESIDE = '  File "/app/predict/sandbox/worker/accelerate/library.py", line 99 in ask\n'
CURRENT, OTHER = "Current thread 0x7f (most recent call first):\n", "Thread 0x7e (most recent call first):\n"
LOOP = '  File "cell 7", line 4 in predict\n'


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        (CURRENT + IN_KERNEL + LOOP, "internal"),
        (OTHER + LOOP + "\n" + OTHER + IN_KERNEL + LOOP, "internal"),  # in a thread of the kernel's own
        (OTHER + IN_KERNEL + "\n" + CURRENT + LOOP, "crashed"),
        (CURRENT + BESIDE + LOOP, "crashed"),  # LightGBM itself
        (CURRENT + LOOP + IN_KERNEL, "crashed"),
        ("", "crashed"),
    ],
)
def test_who_crashed_in_our_own_code_is_not_to_blame(trace: str, reason: str) -> None:
    with pytest.raises((ModelFailed, PlatformError)) as caught:
        judge(replace(READY, signal=11, trace=trace), Limits())
    assert caught.value.reason == reason
