"""Results by clause, the verdict, and the report: files and a table on the console."""
