"""Faulty clients with wrong connections, retries or logs."""
