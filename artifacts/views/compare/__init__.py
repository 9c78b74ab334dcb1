"""Two or more versions beside each other: values, files, metrics over time."""
