"""General mutation: small changes of the client and the server that nobody chose, and who has to see them."""
