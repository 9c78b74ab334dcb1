"""Charts as plain data: numbers in, coordinates and words out; templates draw them.

A drawing is 1,000 units wide and stretches to the room that there is; its height is in pixels.
"""
