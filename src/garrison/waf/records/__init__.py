"""What is told of a decision afterwards: the log record in AWS WAF's form, and samples of requests.

A `Recorder` is made once for a web ACL. `record` gives a log record, or None where the logging filter drops it; `samples`
gives what GetSampledRequests answers. Both already have out of them what is protected, redacted or secret.
"""

from garrison.waf.records.filters import keeps
from garrison.waf.records.protection import SECRET_HEADERS, Protection
from garrison.waf.records.recorder import Recorder
from garrison.waf.records.samples import Sample

__all__ = ["SECRET_HEADERS", "Protection", "Recorder", "Sample", "keeps"]
