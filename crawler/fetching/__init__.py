"""How a page is fetched: address guard, robots, holds, limits, outcome classes, validators."""
