"""What `manage.py doctor` examines: each module looks at one thing that the server needs."""
