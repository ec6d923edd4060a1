def environment(cpus: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(cpus), "OMP_THREAD_LIMIT": str(cpus), "OPENBLAS_NUM_THREADS": str(cpus)}
