"""What a model asks for that the room does not give: network, other people's files, a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .facts import Use, Want, WantKind
from .functions import Function
from .parts import texts_in

NETWORK = {
    *("requests", "urllib", "urllib3", "http", "socket", "aiohttp", "httpx", "numerapi", "yfinance", "ftplib"),
    *("boto3", "smtplib", "wandb", "huggingface_hub", "gcsfs", "s3fs", "websocket"),
}
HARMLESS = {"urllib.parse", "http.HTTPStatus", "numerapi.utils"}
PROCESSES = {
    *("os.system", "os.popen", "os.fork", "os.execv", "os.spawnv", "os.posix_spawn", "pty.spawn"),
    *("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call", "subprocess.check_output"),
}
READERS = {
    *("read_csv", "read_parquet", "read_pickle", "read_json", "read_feather", "read_excel", "read_hdf"),
    *("load", "loadtxt", "genfromtxt", "load_model", "from_pretrained", "scan_parquet", "scan_csv"),
}
HARMLESS_READERS = {"json.load", "tomllib.load"}  # of a file that is open already
GPU = {"cuda", "cuda:0", "gpu", "gpu_hist", "mps"}
GPU_MODULES = {"cupy", "cudf", "cuml", "torch.cuda", "rmm"}


def wants(uses: Iterable[Use], functions: Iterable[Function]) -> Iterator[Want]:
    """Iterate over what functions ask for, each once."""
    found = {want[:3]: want for want in (*_of_uses(uses), *_of_constants(functions))}
    yield from found.values()


def _of_uses(uses: Iterable[Use]) -> Iterator[Want]:
    for use in uses:
        what = ".".join(filter(None, (use.module, use.name)))
        kind = _kind(use, what)
        if kind is not None:
            yield Want(kind, what, use.function, use.file, use.line)


def _kind(use: Use, what: str) -> WantKind | None:
    top = use.module.partition(".")[0]
    if use.kind == "attribute" and top in NETWORK and not any(what.startswith(name) for name in HARMLESS):
        return "network"
    if what in PROCESSES:
        return "process"
    if (use.kind == "name" and use.name == "open") or (use.kind == "attribute" and _reads(use, what)):
        return "file"
    if any(f"{what}.".startswith(f"{name}.") for name in GPU_MODULES) or what == "torch.cuda":
        return "gpu"
    return None


def _reads(use: Use, what: str) -> bool:
    return use.name in READERS and what not in HARMLESS_READERS


def _of_constants(functions: Iterable[Function]) -> Iterator[Want]:
    for function in functions:
        for code in function.code.inner():
            if word := next((each for each in texts_in(code.consts) if each in GPU), None):
                yield Want("gpu", repr(word), code.name, code.file, code.line)
