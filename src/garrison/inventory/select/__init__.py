"""Select recorded resources by AWS Config's subset of SQL: parsed strictly, narrowed by the file, decided item by item.

```python
query = parse("SELECT resourceId, configuration.state.name WHERE resourceType = 'AWS::EC2::Instance' AND tags.key = 'team'")
found = select(history.file, query, account, ["eu-west-1", "global"], limit=25)
found.rows, found.position     # what was asked for, nested as in the items; where the next page begins, None at the end
```

No text of a query becomes SQL: `narrowing` makes conditions of its own, with parameters, that may let too much through and never too
little; `matching` decides what they let through. Source: AWS Config Developer Guide, "Querying the Current Configuration State of AWS
Resources" (its limits), "Query Components".
"""

from garrison.inventory.select.expressions import InvalidExpression, Query
from garrison.inventory.select.parsing import parse
from garrison.inventory.select.selecting import Found, select

__all__ = ["Found", "InvalidExpression", "Query", "parse", "select"]
