"""What can be linked where: dependent choices, each offering what lies below the one above it.

A choice queries what is offered, ranks it, and says why the rest can't be chosen. No form: it
reads what an address or a form carries, and changes nothing.
"""
