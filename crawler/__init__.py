"""The Scrapy project: how a page is fetched politely and safely, read, tagged, and handed to storage."""
