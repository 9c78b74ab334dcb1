"""The tab Lineage: the graph around a version, its table, and the panel of one node."""
