"""People: who they are, what their role allows, and which part of the books each may see."""
