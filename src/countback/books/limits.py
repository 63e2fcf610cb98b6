"""How much is read at most. Each bound is generous for real books and small against a machine's memory."""

from __future__ import annotations

PROBLEMS_PER_FILE = 1_000
"""Refusals told of one file; the count of the rest follows."""
WARNINGS_PER_KIND = 20
"""Warnings of one kind told of one file; the count of the rest follows."""
FILES = 200
"""Files in a source."""
COLUMNS = 1_000
"""Columns in a file."""
HEADER_BYTES = 1 << 20
"""Bytes in which the header and the lines before it must end."""
LINE_BYTES = 1_000_000
"""Bytes in one row of a text file."""
IDENTIFIER_CHARACTERS = 200
"""Characters in an identifier."""
UNZIPPED_BYTES = 16 << 30
"""Bytes that a zip may hold once unpacked."""
ZIP_RATIO = 200
"""How many times larger than its packed form one member may be, once it is larger than `ZIP_FREE_BYTES`."""
ZIP_FREE_BYTES = 16 << 20
"""Bytes below which no ratio is asked for: short files of one repeated line pack very well."""
SHEET_ROWS = 1_048_576
"""Rows in one sheet: what the workbook format allows."""
MEMORY = "1500MB"
"""Memory that the database may take before it writes to disk."""
FIRST_YEAR = 1900
LAST_YEAR = 2199
"""Years in which a date of the books may lie."""
PARENT_LEVELS = 40
"""Doublings of the way to the topmost parent: chains up to 2^40 customers."""
