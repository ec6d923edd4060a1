"""The worker: one untrusted model, from the first byte of its pickle to its predictions.

Run by path as `python -I worker/__main__.py PLAN`: the keeper, which forks the worker proper. Both import nothing
of the runner but this folder, `limits/` and what of `inspection/` reads pickles, which use the standard library alone;
the runner's package is hidden from the model.

Protocol. PLAN is a JSON object (`limits/plan.py`) that names the descriptors to write to. stdin is a Unix socket:
the request is one message on it, with two open files: the model and the live features. Its text is a JSON object
(`tournament.py`): the names that the tournament has for ids and values, and how many ids there must be. After
`inspected` the worker waits for "go" there, which may bring the benchmarks; the end of the socket means that it must
not go on. With `only_read` in PLAN only the model is looked at, and `inspected` is the last message.

The worker answers on `channel` with JSON lines; `"bytes": n` announces n bytes of payload after the line.

    {"type": "locked", "mechanisms": {name: why not | null}}   the room is locked, or as much of it as can be
    {"type": "ready", "rows", "ids", "libraries", "bytes"}
                                                     + Arrow stream {id: string for each of `ids`}, the columns of
                                                     live ids. From here on the live features are known to be good
    {"type": "inspected", "facts", "path"}           what the pickle tells (`inspection/facts.py`), and sys.path. After
                                                     it the pickle may be touched: nothing below is trusted
    {"type": "unusable", "text"}                     instead of ready: the live features cannot be used
    {"type": "phase", "name"}                        load, read, benchmarks, call, answer
    {"type": "warning", "missing", "extra", "repeated"}     ids of the benchmarks differ from the live ids
    {"type": "accelerated", "boosters", "trees", "rows", "declined": {reason: count}}     what was predicted by our own
                                                     code instead of LightGBM's, if that is on (`accelerated.py`): once,
                                                     when the model's code is over, whatever came of it
    {"type": "refused", "reason", "text"}            not a model, or its answer is not a frame
    {"type": "failed", "phase", "kinds", "text", "module", "inside", "trace"}     an exception left the model
    {"type": "answer", "id", "columns", "count", "dtype", "numeric", "bytes"}
                                                     + Arrow stream {id: string, value: double | string}: the
                                                     index, or a column of ids where the tournament takes one,
                                                     `id` being its name; the column with a name for values,
                                                     else the first

`trace` gets faulthandler's dump when the worker crashes, or when SIGXCPU asks where it is. On `post` the keeper
writes {"status": n}, the worker's wait status, and at its own end {"empty": whether no process is left}.
A death before `inspected` is the platform's, everything after it is a fact about the model.
"""
