"""How a portal is walked: sections to listing pages to articles; platforms, registry, loader, discovery."""
