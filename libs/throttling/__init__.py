"""How often anybody may do a thing, and how often a Redis that is away is asked; knows neither members nor posts."""
