"""What the lines of a system's own files mean, wherever they were read: lines in, values out. Inventory and benchmarks both read with it."""
