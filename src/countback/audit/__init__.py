"""Who did what, when and from where: added to, never changed, each line sealed with the one before."""
