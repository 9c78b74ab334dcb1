"""Choices of what to link and where, each offering only what lies below the choice above it.

A choice queries what it can offer, ranks it, and says why the rest can't be chosen. It is no form:
it reads what an address or a form carries, and changes nothing.
"""
