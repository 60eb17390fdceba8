"""From text to trees: the one grammar, its tables, our loop over them, caches, syntax errors.

`parse.parse` is the door. Trees are plain tuples, described in `spec/internals.md`; nothing
of Lark leaves this room.
"""
