"""Demo books: a seeded simulator of a believable business, with the ground truth of what it simulates.

`write_demo_books` is all that others need. The business, how its customers pay and what the truth files hold is told
in docs/demo-books.md.
"""

from countback.books.demo.books import write_demo_books

__all__ = ["write_demo_books"]
