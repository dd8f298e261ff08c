"""The lake: CloudTrail events of any account in an Iceberg table, taken in exactly once and asked in SQL.

Everything heavy (pyarrow, PyIceberg, DuckDB) is loaded when it is first needed.
"""
