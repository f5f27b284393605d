"""Bytes to an article: decode, clean, title, dates, byline, body, attachments; each field says where it came from."""
