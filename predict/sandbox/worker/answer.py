"""Send back what the model returned, in a form that the supervisor can read without trusting it."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .failure import NAME_CAP, Refused, plain, with_article

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from .channel import Channel
    from .tournament import Tournament

NAMES_CAP = 20
ID_CAP = 1_000  # of an id: longer ones cannot be live ids


def send_answer(result: Any, channel: Channel, tournament: Tournament) -> None:
    """Send the ids and one column, whatever else is wrong with the frame.

    Raises:
        Refused: `not_a_dataframe`.
    """
    import pandas as pd
    import pyarrow as pa

    if not isinstance(result, pd.DataFrame):
        what = "None" if result is None else with_article(f"{type(result).__module__}.{type(result).__qualname__}")
        raise Refused("not_a_dataframe", f"the model returned {what} instead of a pandas DataFrame")
    names = [plain(name, NAME_CAP) for name in result.columns]
    place, position = tournament.find(names)
    ids = result.index if place is None else result.iloc[:, place]
    if position is not None:
        values, numeric, dtype = encode(result.iloc[:, position])
    else:
        values, numeric, dtype = pa.nulls(len(result), pa.string()), True, "none"
    header = {
        "id": None if ids.name is None else plain(ids.name, NAME_CAP),
        "columns": names[:NAMES_CAP],
        "count": len(names),
        "dtype": dtype[:NAME_CAP],
        "numeric": numeric,
    }
    channel.send({"type": "answer", **header}, pa.table([encode_ids(ids), values], names=["id", "value"]))


def encode_ids(index: pd.Index | pd.Series[Any]) -> pa.Array:
    """Ids as text, missing ones as null."""
    import pandas as pd
    import pyarrow as pa

    missing = [False] * len(index) if isinstance(index, pd.MultiIndex) else index.isna()
    return pa.array([None if gone else plain(value, ID_CAP) for value, gone in zip(index, missing)], pa.string())  # noqa: B905  equal by construction


def encode(column: pd.Series[Any]) -> tuple[pa.Array, bool, str]:
    """Encode a column: its values, whether they are numbers, and the name of its dtype.

    float64 travels as it is. Anything else travels as the text that `DataFrame.to_csv` writes for it: the
    shortest digits of a float32, say, need NumPy, which the supervisor does not load.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if column.dtype == np.dtype("float64"):
        return pa.array(column.to_numpy(), from_pandas=False), True, "float64"
    kind = "O" if isinstance(column.dtype, pd.SparseDtype) else column.dtype.kind
    present = ~column.isna().to_numpy()
    if kind == "f" or (isinstance(column.dtype, np.dtype) and kind in "iub"):
        values, numeric = np.asarray(column.array.astype(str), dtype=object), True
        present &= values != "nan"  # 0/0 in a nullable column is not NA before pandas 3
    else:
        values = column.astype(object).to_numpy()
        numeric = all(isinstance(value, numbers.Real | Decimal | np.bool_) for value in values[present])
    cap = None if numeric else NAME_CAP  # a number's last digits may be its exponent
    texts = [plain(value, cap) if there else None for value, there in zip(values, present)]  # noqa: B905  equal by construction
    return pa.array(texts, pa.string()), numeric, str(column.dtype)
