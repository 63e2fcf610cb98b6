"""What managers see: the overview, each KPI with its rows, ageing, customers."""
