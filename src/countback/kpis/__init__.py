"""KPIs: measures give rows, formulas make figures of their sums. Imports no database, no clock."""
