"""The contract as one HTML page: operations, their clauses, and schemas, with nothing to fetch.

Redocly's page loads its scripts from elsewhere, or embeds 2 MB of them that know addresses; and it shows no clauses.
"""
