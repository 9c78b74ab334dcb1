"""Events as people read them: which they may see, what they speak of, older texts restored."""
