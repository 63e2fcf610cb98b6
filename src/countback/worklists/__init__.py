"""Who is to be contacted next, by whom, how and why: candidates from the figures, ranked by a stated objective."""
