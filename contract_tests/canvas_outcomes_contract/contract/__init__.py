"""The contract as data: YAML with places, references, operations and clauses."""
