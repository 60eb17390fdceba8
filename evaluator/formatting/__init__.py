"""The one way a file looks: text in, the same file laid out canonically out.

`reading` takes a text apart, `shape` finds its brackets and statements, `layout` writes it
anew. What belongs on a line is said in spec/98-formatting.md. Everything is decided by tokens,
brackets and the borders of statements, so that a new statement needs nothing here.
"""
