"""What differs between two values, texts, documents or tables: pure functions, plain data.

What they are given comes from strangers: each bounds its own work, and says where it stopped.
"""
