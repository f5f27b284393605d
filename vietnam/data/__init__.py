"""Tables of places (README.md says where they come from) and the script that makes them."""
