"""Load runs: many users of the generated client send requests at once and check every response."""
