"""Client checks: requests and responses of the generated client match the contract."""
