"""What all operators' commands have in common: subcommands, dry runs, JSON, exit codes, a record of who did what."""
