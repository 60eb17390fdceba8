"""What statements define: for which path, how strongly, in which order, under which conditions."""
