"""Pages by a place in the list instead of a count of rows; knows neither members nor posts."""
