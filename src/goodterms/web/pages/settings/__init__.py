"""Settings: the owner, their mail servers, the rules, the members, and everything in one file."""
