"""Fixtures of these tests."""

from __future__ import annotations

from .box import box

__all__ = ["box"]
