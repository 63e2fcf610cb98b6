"""Help: what each screen and KPI says, the glossary, the keys, a tour. Its words stand in files beside the code."""
