"""The Scrapy project: how a page is fetched politely and safely, read into an article, tagged, and handed to storage."""
