"""The pages: one module a group of pages, each with its routes."""
