"""Books: the one shape that all input takes; tables, readers, profiles, the check. Imports nothing but core."""
