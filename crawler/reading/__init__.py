"""Bytes to an article: text, title, dates, byline, body, attachments; each field says where it came from."""
