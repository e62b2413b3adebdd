"""Load: many users call the generated client at once, and every answer is judged by the contract."""
