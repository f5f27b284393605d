"""Pages for people and a read API for programs."""
