"""Control of the server during tests, under /_control: faults, reset, worlds, received requests, the clock."""
