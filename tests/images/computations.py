"""What each promised library is to compute, each against a number found without it: `python computations.py NAME`.

Runs inside an image, with nothing of the project but this file. Trees learn the mean of each of two groups, whatever
learns by gradients takes one step from zero: NumPy knows both.
"""

from __future__ import annotations

import http.server
import io
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib import import_module as library
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

RNG = np.random.default_rng(0)
SIDES = RNG.integers(0, 2, (400, 3)).astype("float32")
GROUPED = (0.25 + 0.5 * SIDES[:, 0] + RNG.normal(0, 0.05, len(SIDES))).astype("float32")
MEANS = np.where(SIDES[:, 0] == 1, GROUPED[SIDES[:, 0] == 1].mean(), GROUPED[SIDES[:, 0] == 0].mean())

X = RNG.normal(size=(64, 3)).astype("float32")
Y = (X @ [1, 2, 3] + RNG.normal(size=len(X))).astype("float32")
LEAST_SQUARES = np.linalg.lstsq(X, Y, rcond=None)[0]
RATE = 0.1
ONE_STEP = RATE * 2 / len(X) * X.T @ Y

COMPUTATIONS: dict[str, Callable[[], None]] = {}


def computes(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Enter a computation under its library's name in requirements/*.in."""

    def enter(computation: Callable[[], None]) -> Callable[[], None]:
        COMPUTATIONS[name] = computation
        return computation

    return enter


def same(found: Any, expected: Any) -> None:
    """Compare two arrays but for the last digits."""
    np.testing.assert_allclose(np.ravel(found), np.ravel(expected), rtol=1e-3, atol=1e-4)


@computes("catboost")
def _catboost() -> None:
    shape = {"iterations": 1, "depth": 1, "learning_rate": 1, "l2_leaf_reg": 0, "bootstrap_type": "No"}
    trees = library("catboost").CatBoostRegressor(**shape, random_strength=0, verbose=0, allow_writing_files=False)
    same(trees.fit(SIDES, GROUPED).predict(SIDES), MEANS)


@computes("cloudpickle")
def _cloudpickle() -> None:
    cloudpickle, factor = library("cloudpickle"), 6
    assert cloudpickle.loads(cloudpickle.dumps(lambda value: value * factor))(7) == 42


@computes("joblib")
def _joblib() -> None:
    joblib = library("joblib")
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(pow)(number, 2) for number in range(5)) == [0, 1, 4, 9, 16]
    kept = io.BytesIO()
    joblib.dump({"x": X}, kept)
    kept.seek(0)
    same(joblib.load(kept)["x"], X)


@computes("lightgbm")
def _lightgbm() -> None:
    shape = {"n_estimators": 1, "num_leaves": 2, "learning_rate": 1, "min_child_samples": 1}
    trees = library("lightgbm").LGBMRegressor(**shape, n_jobs=2, verbose=-1)
    same(trees.fit(SIDES, GROUPED).predict(SIDES), MEANS)


@computes("msgspec")
def _msgspec() -> None:
    msgspec, value = library("msgspec"), {"a": [1, 2.5, None, "é"]}
    assert json.loads(msgspec.json.encode(value)) == value


@computes("numba")
def _numba() -> None:
    numba = library("numba")

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator,unused-ignore]  # it has no types
    def total(values: Any) -> Any:
        result = 0.0
        for index in numba.prange(values.shape[0]):
            result += values[index] ** 2
        return result

    same(total(Y), Y @ Y)


@computes("numerapi")
def _numerapi() -> None:
    api = library("numerapi").NumerAPI(verbosity="ERROR")
    assert api.tournament_id == 8
    parsed = library("numerapi.utils").parse_datetime_string("2024-05-06T07:08:09Z")
    assert (parsed.month, parsed.hour) == (5, 7)


@computes("numerai-tools")
def _numerai_tools() -> None:
    pandas, scoring = library("pandas"), library("numerai_tools.scoring")
    predictions, targets = RNG.permutation(100), RNG.choice([0, 0.25, 0.5, 0.75, 1], 100)
    gauss = library("scipy.stats").norm.ppf((predictions + 0.5) / 100)
    bent, centered = np.sign(gauss) * abs(gauss) ** 1.5, targets - targets.mean()
    expected = np.corrcoef(bent, np.sign(centered) * abs(centered) ** 1.5)[0, 1]
    same(scoring.numerai_corr(pandas.DataFrame({"p": predictions}), pandas.Series(targets, name="t")), expected)


@computes("numpy")
def _numpy() -> None:
    left, values, right = np.linalg.svd(X, full_matrices=False)
    same((left * values) @ right, X)
    same(np.fft.ifft(np.fft.fft(Y)).real, Y)


@computes("packaging")
def _packaging() -> None:
    assert library("packaging.specifiers").SpecifierSet(">=1.2,<2").contains("1.10")


@computes("pandas")
def _pandas() -> None:
    pandas = library("pandas")
    frame = pandas.DataFrame({"side": SIDES[:, 0], "y": GROUPED})
    same(frame.groupby("side")["y"].transform("mean"), MEANS)
    same(frame["y"].rank(), GROUPED.argsort().argsort() + 1)


@computes("polars")
def _polars() -> None:
    polars = library("polars")
    frame = polars.DataFrame({"side": SIDES[:, 0], "y": GROUPED}).lazy()
    same(frame.select(polars.col("y").mean().over("side")).collect()["y"].to_numpy(), MEANS)


@computes("pyarrow")
def _pyarrow() -> None:
    pyarrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    for compression in ("snappy", "zstd", "gzip", "brotli", "lz4"):
        written = pyarrow.BufferOutputStream()  # a file of Python's would be read by threads that outlive it: an abort
        parquet.write_table(pyarrow.table({"y": GROUPED}), written, compression=compression)
        read = parquet.read_table(pyarrow.BufferReader(written.getvalue()))
        same(library("pyarrow.compute").mean(read["y"]).as_py(), GROUPED.mean())


@computes("requests")
def _requests() -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"42")

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert library("requests").get(f"http://127.0.0.1:{server.server_port}", timeout=60).json() == 42
        server.shutdown()


@computes("tenacity")
def _tenacity() -> None:
    tenacity = library("tenacity")
    tries = iter((ValueError, None))

    def once() -> int:
        if (error := next(tries)) is not None:
            raise error
        return 42

    assert tenacity.Retrying(wait=tenacity.wait_none(), stop=tenacity.stop_after_attempt(2))(once) == 42


@computes("urllib3")
def _urllib3() -> None:
    assert library("urllib3.util").parse_url("http://host:80/path?query").path == "/path"


@computes("rich")
def _rich() -> None:
    text = io.StringIO()
    library("rich.console").Console(file=text, width=20).print(library("rich.panel").Panel("ready"))
    assert "ready" in text.getvalue()


@computes("scikit-learn")
def _scikit_learn() -> None:
    tree = library("sklearn.ensemble").GradientBoostingRegressor(n_estimators=1, learning_rate=1, max_depth=1)
    same(tree.fit(SIDES, GROUPED).predict(SIDES), MEANS)
    same(library("sklearn.linear_model").LinearRegression(fit_intercept=False).fit(X, Y).coef_, LEAST_SQUARES)


@computes("scipy")
def _scipy() -> None:
    same(library("scipy.optimize").minimize(lambda w: ((X @ w - Y) ** 2).mean(), np.zeros(3)).x, LEAST_SQUARES)
    same(library("scipy.sparse.linalg").spsolve(library("scipy.sparse").csc_matrix(np.diag([2.0, 4])), [2, 8]), [1, 2])


@computes("setuptools")
def _setuptools() -> None:
    library("setuptools")  # brings distutils back where Python has none
    assert library("distutils.version").LooseVersion("1.10") > library("distutils.version").LooseVersion("1.9")
    assert library("pkg_resources").get_distribution("setuptools").version


@computes("statsmodels")
def _statsmodels() -> None:
    same(library("statsmodels.api").OLS(Y, X).fit().params, LEAST_SQUARES)


@computes("xgboost-cpu")
def _xgboost() -> None:
    shape = {"n_estimators": 1, "max_depth": 1, "learning_rate": 1, "reg_lambda": 0}
    trees = library("xgboost").XGBRegressor(**shape, n_jobs=2)
    same(trees.fit(SIDES, GROUPED).predict(SIDES), MEANS)


# ------------------------------------------------------------------ the full set


@computes("torch")
def _torch() -> None:
    torch = library("torch")
    weights = torch.zeros(3, requires_grad=True)
    torch.nn.functional.mse_loss(torch.from_numpy(X) @ weights, torch.from_numpy(Y)).backward()
    same(-RATE * weights.grad.numpy(), ONE_STEP)
    traced = torch.jit.trace(torch.nn.Linear(3, 2), torch.from_numpy(X))
    same(traced(torch.from_numpy(X)).detach(), X @ traced.weight.detach().numpy().T + traced.bias.detach().numpy())


@computes("tensorflow-cpu")
def _tensorflow() -> None:
    tensorflow = library("tensorflow")
    weights = tensorflow.Variable(np.zeros((3, 1), "float32"))

    @tensorflow.function  # type: ignore[untyped-decorator,unused-ignore]  # it has no types
    def gradient() -> Any:
        with tensorflow.GradientTape() as tape:
            loss = tensorflow.reduce_mean((X @ weights - Y[:, None]) ** 2)
        return tape.gradient(loss, weights)

    same(-RATE * gradient().numpy(), ONE_STEP)


def _one_step_of_keras(keras: Any) -> None:
    net = keras.Sequential([keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    net.compile(keras.optimizers.SGD(RATE), "mse")
    net.fit(X, Y[:, None], batch_size=len(X), epochs=1, verbose=0)
    same(net.get_weights()[0], ONE_STEP)
    same(net.predict(X, verbose=0), X @ ONE_STEP)


@computes("keras")
def _keras() -> None:
    if find_spec("tensorflow") is None:  # where it has no TensorFlow, the runner tells Keras what to use
        os.environ["KERAS_BACKEND"] = "jax"
    _one_step_of_keras(library("keras"))


@computes("tf-keras")
def _tf_keras() -> None:
    _one_step_of_keras(library("tf_keras"))


@computes("jax")
def _jax() -> None:
    jax = library("jax")
    gradient = jax.jit(jax.grad(lambda weights: ((X @ weights - Y) ** 2).mean()))
    same(-RATE * gradient(jax.numpy.zeros(3)), ONE_STEP)


def _linear_of_zeros(torch: Any) -> Any:
    net = torch.nn.Linear(3, 1, bias=False)
    torch.nn.init.zeros_(net.weight)
    return net


@computes("pytorch-lightning")
def _pytorch_lightning() -> None:
    torch, lightning = library("torch"), library("pytorch_lightning")

    class Net(lightning.LightningModule):  # type: ignore[misc,name-defined,unused-ignore]  # it has no types
        def __init__(self) -> None:
            super().__init__()
            self.net = _linear_of_zeros(torch)

        def training_step(self, batch: Any, _: int) -> Any:
            return torch.nn.functional.mse_loss(self.net(batch[0])[:, 0], batch[1])

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), RATE)

    data = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    quiet = dict.fromkeys(["logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"], False)
    net = Net()
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(max_epochs=1, accelerator="cpu", default_root_dir=folder, **quiet)
        trainer.fit(net, torch.utils.data.DataLoader(data, batch_size=len(X)))
    same(net.net.weight.detach(), ONE_STEP)


@computes("torchmetrics")
def _torchmetrics() -> None:
    torch = library("torch")
    correlation = library("torchmetrics").PearsonCorrCoef()
    same(correlation(torch.from_numpy(X[:, 0]), torch.from_numpy(Y)), np.corrcoef(X[:, 0], Y)[0, 1])


@computes("skorch")
def _skorch() -> None:
    net = _linear_of_zeros(library("torch"))
    regressor = library("skorch").NeuralNetRegressor(
        net, lr=RATE, max_epochs=1, batch_size=-1, train_split=None, verbose=0
    )
    same(regressor.fit(X, Y[:, None]).predict(X), X @ ONE_STEP)


@computes("tabpfn")
def _tabpfn() -> None:
    """Its weights come from a hub: without network it can be made, no more."""
    assert library("tabpfn").TabPFNRegressor(n_estimators=3).get_params()["n_estimators"] == 3


def _product_in_onnx() -> Any:
    """Y = X @ [1, 2, 3] as a graph."""
    helper, kind = library("onnx.helper"), library("onnx").TensorProto.FLOAT
    taken = helper.make_tensor_value_info("x", kind, [None, 3])
    given = helper.make_tensor_value_info("y", kind, [None, 1])
    weights = helper.make_tensor("w", kind, [3, 1], [1.0, 2.0, 3.0])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "graph", [taken], [given], [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@computes("onnx")
def _onnx() -> None:
    graph = _product_in_onnx()
    library("onnx").checker.check_model(graph)
    same(library("onnx.reference").ReferenceEvaluator(graph).run(None, {"x": X})[0], X @ [1, 2, 3])


@computes("onnxruntime")
def _onnxruntime() -> None:
    graph = _product_in_onnx().SerializeToString()
    session = library("onnxruntime").InferenceSession(graph, providers=["CPUExecutionProvider"])
    same(session.run(None, {"x": X})[0], X @ [1, 2, 3])


@computes("treelite")
def _treelite() -> None:
    treelite, lightgbm = library("treelite"), library("lightgbm")
    shape = {"num_leaves": 2, "learning_rate": 1, "min_data_in_leaf": 1, "verbose": -1}
    trees = lightgbm.train(shape, lightgbm.Dataset(SIDES, GROUPED), 1)
    read = getattr(getattr(treelite, "frontend", None), "from_lightgbm", None) or treelite.Model.from_lightgbm
    same(treelite.gtil.predict(read(trees), SIDES), MEANS)


@computes("treelite-runtime")
def _treelite_runtime() -> None:
    """What it runs a compiler made, which no image has: it can read data, no more."""
    matrix = library("treelite_runtime").DMatrix(X)
    assert matrix.shape == X.shape


@computes("ydf")
def _ydf() -> None:
    ydf, names = library("ydf"), ["a", "b", "c"]
    data = dict(zip(names, SIDES.T, strict=True)) | {"y": GROUPED}
    shape = {"max_depth": 2, "min_examples": 1, "validation_ratio": 0.0}
    tree = ydf.CartLearner(label="y", task=ydf.Task.REGRESSION, **shape).train(data, verbose=0)
    same(tree.predict(data), MEANS)


@computes("ydf-tf")
def _ydf_tf() -> None:
    """The bridge from YDF to TensorFlow: the exported model gives the same."""
    ydf, tensorflow, names = library("ydf"), library("tensorflow"), ["a", "b", "c"]
    data = dict(zip(names, SIDES.T, strict=True)) | {"y": GROUPED}
    shape = {"max_depth": 2, "min_examples": 1, "validation_ratio": 0.0}
    tree = ydf.CartLearner(label="y", task=ydf.Task.REGRESSION, **shape).train(data, verbose=0)
    columns = {name: tensorflow.constant(data[name]) for name in names}
    same(tree.to_tensorflow_function()(columns), MEANS)


@computes("mlxtend")
def _mlxtend() -> None:
    linear = library("sklearn.linear_model").LinearRegression
    stack = library("mlxtend.regressor").StackingRegressor([linear()], meta_regressor=linear())
    same(stack.fit(X, Y).predict(X), linear().fit(X, Y).predict(X))


@computes("numerblox")
def _numerblox() -> None:
    pandas = library("pandas")
    features = pandas.DataFrame(X, columns=["feature_a", "feature_b", "feature_c"])
    neutralizer = library("numerblox.neutralizers").FeatureNeutralizer(proportion=1.0, num_cores=1)
    eras = pandas.Series(["0001"] * len(X))
    neutral = neutralizer.fit(features).predict(pandas.Series(Y), features=features, era_series=eras)
    gauss = library("scipy.stats").norm.ppf((Y.argsort().argsort() + 0.5) / len(Y))
    rest = gauss - X @ np.linalg.lstsq(X, gauss, rcond=None)[0]
    same(neutral, (rest - rest.min()) / np.ptp(rest))


@computes("fickling")
def _fickling() -> None:
    read = library("fickling.fickle").Pickled.load(library("pickle").dumps([1, 2]))
    assert "[1, 2]" in library("ast").unparse(read.ast)


@computes("h5py")
def _h5py() -> None:
    with library("h5py").File(io.BytesIO(), "w") as file:
        file.create_dataset("x", data=X, compression="gzip")
        same(file["x"][:], X)


@computes("networkx")
def _networkx() -> None:
    networkx = library("networkx")
    ring = networkx.cycle_graph(10)
    assert networkx.shortest_path_length(ring, 0, 5) == 5
    same(list(networkx.pagerank(ring).values()), [0.1] * 10)


@computes("sympy")
def _sympy() -> None:
    sympy = library("sympy")
    x = sympy.Symbol("x")
    assert sympy.integrate(sympy.cos(x), (x, 0, sympy.pi / 2)) == 1


@computes("matplotlib")
def _matplotlib() -> None:
    matplotlib = library("matplotlib")
    matplotlib.use("Agg")
    pyplot, drawn = library("matplotlib.pyplot"), io.BytesIO()
    pyplot.figure(figsize=(2, 1), dpi=50, facecolor="red")
    pyplot.savefig(drawn)
    drawn.seek(0)
    picture = pyplot.imread(drawn)
    assert picture.shape == (50, 100, 4)
    same(picture[0, 0], [1, 0, 0, 1])


@computes("plotly")
def _plotly() -> None:
    figure = library("plotly.graph_objects").Figure(library("plotly.graph_objects").Scatter(y=[1, 4, 9]))
    assert json.loads(figure.to_json())["data"][0]["y"] == [1, 4, 9]


@computes("tensorboard")
def _tensorboard() -> None:
    event = library("tensorboard.compat.proto.event_pb2").Event(step=42)
    with tempfile.TemporaryDirectory() as folder:
        writer = library("tensorboard.summary.writer.event_file_writer").EventFileWriter(folder)
        writer.add_event(event)
        writer.close()
        (path,) = Path(folder).iterdir()
        loader = library("tensorboard.backend.event_processing.event_file_loader").EventFileLoader(str(path))
        assert [read.step for read in loader.Load()] == [0, 42]


@computes("filelock")
def _filelock() -> None:
    with tempfile.TemporaryDirectory() as folder, library("filelock").FileLock(f"{folder}/lock") as lock:
        assert lock.is_locked


@computes("fsspec")
def _fsspec() -> None:
    fsspec = library("fsspec")
    with fsspec.open("memory://file", "w") as file:
        file.write("42")
    with fsspec.open("memory://file") as file:
        assert file.read() == b"42"


@computes("jinja2")
def _jinja2() -> None:
    assert library("jinja2").Template("{{ a * 6 }}").render(a=7) == "42"


@computes("typing-extensions")
def _typing_extensions() -> None:
    point = library("typing_extensions").TypedDict("point", {"x": int})
    assert point(x=42) == {"x": 42}


if __name__ == "__main__":
    COMPUTATIONS[sys.argv[1]]()
