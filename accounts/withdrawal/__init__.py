"""Account withdrawal, by the API and by a web page."""
