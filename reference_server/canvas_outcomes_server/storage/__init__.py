"""Tables, queries and database sessions."""
