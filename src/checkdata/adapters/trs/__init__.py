"""The Teaching Record System (TRS), the successor of the DQT: its API (version 3), and its webhooks.

Source: https://github.com/DFE-Digital/teaching-record-system.
"""
