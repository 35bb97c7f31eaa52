"""Our own small libraries: none of them knows a member or a post."""
