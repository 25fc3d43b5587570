"""Holds an implementation of the rules, in any language, to vectors that ship (docs/conformance.md)."""
