"""Load runs: many users call the generated client at once, and every response is judged by the contract."""
