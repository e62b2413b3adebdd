"""The examples of a contract: as JSON values, as Python expressions, and in the README of the client."""
