# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""Which contract this package was generated from, and by what."""

from msgspec import Struct


class Contract(Struct, frozen=True):
    """The origin of a generated package."""

    version: str
    """info.version of the contract."""

    sha256: str
    """The SHA-256 of the contract's bytes, in hexadecimal digits."""

    generator: str
    """The name and version of the generator."""


CONTRACT = Contract(
    version="1.0.0",
    sha256="4b646582c7fbee36b9d5ad207c19b2cd530abb028e2b655232eb76d354d52ec2",
    generator="openapi-python-client 0.29.1",
)
