"""Metric data on the disk: put, found by metric, read by time, thinned out as it grows old."""

from garrison.metrics.data import MetricData, open_metric_data
from garrison.metrics.datum import Datum, Metric, Point, Source

__all__ = ["Datum", "Metric", "MetricData", "Point", "Source", "open_metric_data"]
