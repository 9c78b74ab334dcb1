"""What differs between two values, texts, documents or tables: pure functions, plain data.

Their input comes from strangers: each function bounds its own work, and says where it stopped.
"""
