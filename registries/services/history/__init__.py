"""Events as people read them: which they may see, what each is about, and older texts restored."""
