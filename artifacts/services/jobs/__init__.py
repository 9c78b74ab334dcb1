"""Work in the background: the kinds of jobs, their steps, and the workers."""
