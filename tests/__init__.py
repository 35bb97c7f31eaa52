"""The tests, a package for each package of the project."""
