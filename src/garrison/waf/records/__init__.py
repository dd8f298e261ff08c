"""What is told of a decision afterwards: the log record in AWS WAF's form, and samples of requests.

A `Recorder` is made once for a web ACL. `record` gives a log record, or None where the logging filter drops it; `samples`
gives what GetSampledRequests answers. Both already have out of them what is protected, redacted or secret. A `Tally` counts decisions
for the metrics. What was made goes as a `Batch` to the control plane (`garrison:PutWafRecords`).
"""

from garrison.waf.records.batch import Batch, Blocked, Sampled, sampled
from garrison.waf.records.counts import Count, Tally
from garrison.waf.records.filters import keeps
from garrison.waf.records.protection import SECRET_HEADERS, Protection
from garrison.waf.records.recorder import Recorder
from garrison.waf.records.samples import Sample

__all__ = [
    "SECRET_HEADERS",
    "Batch",
    "Blocked",
    "Count",
    "Protection",
    "Recorder",
    "Sample",
    "Sampled",
    "Tally",
    "keeps",
    "sampled",
]
