"""The worker: one untrusted model, from the first byte of its pickle to its predictions.

Run by path as `python -I worker/__main__.py CHANNEL TRACE`, two file descriptors that it may write
to. It imports nothing of the runner outside this folder, and the runner's package is hidden from the model.

Protocol. The supervisor writes one JSON object to stdin and closes it:

    {"model": path, "features": path, "benchmarks": path, "supervisor": pid, "rlimits": {"RLIMIT_DATA": bytes}}

The worker answers on CHANNEL with JSON lines; `"bytes": n` announces n bytes of payload after the line.

    {"type": "ready", "rows", "libraries", "bytes"}  + Arrow stream of the live ids. From here on the
                                                     pickle may have been touched: nothing below is trusted
    {"type": "unusable", "what", "text"}             instead of ready: the model's file, or the live features
    {"type": "phase", "name"}                        load, read, benchmarks, call, answer
    {"type": "warning", "missing", "extra", "repeated"}     ids of the benchmarks differ from the live ids
    {"type": "refused", "reason", "text"}            not a model, or its answer is not a frame
    {"type": "failed", "phase", "kinds", "text", "module", "inside", "trace"}     an exception left the model
    {"type": "answer", "columns", "count", "dtype", "numeric", "bytes"}
                                                     + Arrow stream {id: string, value: double | string}: the
                                                     column `prediction` or `probability`, else the first

TRACE gets faulthandler's dump when the worker crashes, or when SIGXCPU asks where it is.
A death before `ready` is the platform's, everything after it is a fact about the model.
"""
