"""HTTP that ends: bounded retries, one deadline for all of them, and no secret in what it says.

The only place that knows requests: `web` and what it needs are imported by whoever transfers something, when it does,
for most runs transfer nothing, and requests takes a tenth of a second.
"""

from .terms import Outgoing, Patience, TransferError

__all__ = ["Outgoing", "Patience", "TransferError"]
