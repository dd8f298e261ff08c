"""What events say: patterns that pick them, the state of alarms, and detections. Pure: values in, values out."""
