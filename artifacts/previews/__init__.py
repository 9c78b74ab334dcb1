"""What is in a file, as plain data for a page: read in small bounded pieces, never executed.

Each module knows one kind of file. It takes a seekable binary file and its size, and gives a
`Preview` or raises `Unreadable` with a sentence. Files come from strangers: whatever they say of
their own lengths, counts and depths is checked against a bound before it is believed.
"""
