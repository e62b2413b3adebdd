"""The contract suite: it judges any server, and the generated client, against openapi.yaml."""
