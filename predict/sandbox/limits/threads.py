"""Keep libraries from starting more threads than there are processors.

Affinity alone does not: an explicit `n_jobs` counts, and 64 threads that take turns on one processor spend most of
their time waiting for each other.
"""

from __future__ import annotations

# Each caps its library's default; what the model asks for explicitly wins over most of them.
VARIABLES = (
    "OMP_NUM_THREADS",  # OpenMP, PyTorch, Arrow
    "OMP_THREAD_LIMIT",  # OpenMP: the only one that wins over an explicit number (LightGBM, scikit-learn, PyTorch)
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",  # not _MAX_THREADS: with that, numexpr.set_num_threads(8) raises
    "NUMBA_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",  # joblib: what n_jobs=-1 means
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def environment(cpus: int) -> dict[str, str]:
    """Variables for a process that has this many processors; they are read once, when a library is loaded."""
    return dict.fromkeys(VARIABLES, str(cpus)) | {"KMP_WARNINGS": "0"}  # LLVM's OpenMP prints each capped request
