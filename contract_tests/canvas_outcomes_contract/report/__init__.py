"""What a run found out: results by clause, the verdict, and the files and the table that show them."""
