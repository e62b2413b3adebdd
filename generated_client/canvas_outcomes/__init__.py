# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""A typed client for the Canvas LMS Outcomes API: `Client` and `AsyncClient`, `models` and `errors`.

What a provider refuses is raised:

    >>> import httpx
    >>> from canvas_outcomes import Client, errors
    >>> missing = httpx.Response(404, json={"errors": [{"message": "The specified resource does not exist."}]})
    >>> with Client("https://canvas.example.edu", token="...", transport=httpx.MockTransport(lambda _: missing)) as client:
    ...     try:
    ...         client.get_outcome(1)
    ...     except errors.NotFoundError as error:
    ...         print(error.status, error.message)
    404 The specified resource does not exist.
"""

from . import errors, models
from ._answers import RawResponse
from ._async_client import AsyncClient, AsyncRawClient
from ._client import Client, RawClient
from ._connection import RateLimit
from ._contract import CONTRACT, Contract
from ._retries import Retries

__all__ = [
    "CONTRACT",
    "AsyncClient",
    "AsyncRawClient",
    "Client",
    "Contract",
    "RateLimit",
    "RawClient",
    "RawResponse",
    "Retries",
    "errors",
    "models",
]
__version__ = CONTRACT.version
