"""Proofs: long runs whose figures stand in docs/reliability.md. `make proof PART=name` runs one.

A part is a module here with a TITLE, pieces(), run() and claims(): see Part in proving.py.
"""
