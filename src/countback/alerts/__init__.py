"""Alerts: rules over figures that speak when they should, tried on history before they are kept."""
