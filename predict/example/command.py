"""`predict example DIR`: arguments in, files and what to type next out."""

from __future__ import annotations

import argparse
import importlib
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from predict import atomic
from predict.example.names import MOST_FEATURES

USAGE = 2
INSTALL = "pip install 'numerai-predict[example]'"
KIB = 1024
LIVE, BENCHMARKS = "live.parquet", "live_benchmark_models.parquet"


def main(argv: Sequence[str]) -> int:
    """Write the example and tell what was written."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    obstacle = _obstacle()
    if obstacle:
        sys.stderr.write(f"predict example: {obstacle}\n")
        return USAGE
    try:
        _write(arguments)
    except (FileExistsError, NotADirectoryError):
        parser.error(f"{arguments.directory} is a file or below one; it must be a folder")
    except OSError as error:
        parser.error(f"cannot write the example: {error}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="predict example",
        description="Write three small real models, and synthetic data in the shape of Numerai's live files.",
    )
    add = parser.add_argument
    add("directory", metavar="DIR", type=Path, help="folder to write into; created if missing")
    add("--rows", type=_whole(10, 10**6), default=6700, help="live rows (default: %(default)s)")
    add("--features", type=_whole(8, MOST_FEATURES), default=780, help="features (default: %(default)s)")
    add("--seed", type=_whole(0, 2**31 - 1), default=0, help="same seed, same example (default: %(default)s)")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return number


def _obstacle() -> str | None:
    """Tell why models cannot be trained here, and what to type."""
    try:
        for name in ("lightgbm", "sklearn"):
            importlib.import_module(name)
    except ImportError as error:
        return f"it trains models with LightGBM and scikit-learn ({error}). Type: {INSTALL}"
    except OSError as error:
        remedy = "brew install libomp" if sys.platform == "darwin" else "apt-get install libgomp1"
        return f"LightGBM lacks the OpenMP library ({str(error).splitlines()[0]}). Type: {remedy}"
    return None


def _write(arguments: argparse.Namespace) -> None:
    """Write file after file, each told as it comes, then what to type next."""
    directory = arguments.directory.absolute() if "PREDICT_IMAGE" in os.environ else arguments.directory
    _prepare(directory)
    for name, data in _files(arguments.rows, arguments.features, arguments.seed):
        atomic.write(directory / name, data)
        _say(f"{directory / name}  {len(data) / KIB:,.0f} KiB")
    _say("\nRun a model:\n" + "\n".join(_commands(directory)))


def _prepare(directory: Path) -> None:
    """Fail before the training, not after it: permissions alone do not tell, so try."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory):
        pass


def _files(rows: int, features: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Make each file: name, content."""
    import cloudpickle

    from predict.example import data, models, names

    columns = names.feature_names(features)
    live = data.draw_live(rows, columns, seed)
    yield LIVE, live.to_parquet(engine="pyarrow")
    yield BENCHMARKS, data.draw_benchmarks(live, seed).to_parquet(engine="pyarrow")
    model = models.train(data.draw_training(columns, seed), seed)
    yield "model_lightgbm.pkl", cloudpickle.dumps(models.lightgbm_model(model))
    yield "model_ensemble.pkl", cloudpickle.dumps(models.ensemble_model(model, data.BENCHMARKS[0]))
    yield "model_neutralized.pkl", cloudpickle.dumps(models.neutralized_model(model))


def _commands(directory: Path) -> list[str]:
    own = ["--model", directory / "model_lightgbm.pkl", "--dataset", directory / LIVE]
    ensemble = ["--model", directory / "model_ensemble.pkl", *own[2:], "--benchmarks", directory / BENCHMARKS]
    commands = ([*_program(directory), *flags, "--output_dir", directory] for flags in (own, ensemble))
    return [shlex.join(map(str, command)) for command in commands]


def _program(directory: Path) -> list[str]:
    """What starts this program for whoever reads this."""
    if image := os.environ.get("PREDICT_IMAGE"):
        return ["docker", "run", "-i", "--rm", "-v", f"{directory}:{directory}", image]
    found = shutil.which("predict")
    ours = found is not None and Path(found).parent == Path(sys.executable).parent
    return ["predict"] if ours else [sys.executable, "-m", "predict"]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  this is the command's output
