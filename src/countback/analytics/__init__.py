"""Analytics: books become derived tables, questions become figures. Runs on DuckDB; Spark will run the same
expressions."""
