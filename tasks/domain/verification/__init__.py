"""The verification workstream: does a change do what it claims, and nothing else?"""
