"""The one way to a row by its path or id, if the person may see it.

`reach_…` raises NotFound with a sentence to show. `visible_…` returns None instead, for questions
of the SDK whose answer is null. The reads themselves are in artifacts/reads.
"""
