"""The subcommands of `frontnews`, one file a group; cli.py joins them."""
