"""AWS Service Catalog: the account's portfolios, and the single accounts that they are shared with."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

PORTFOLIO = Type(
    "AWS::ServiceCatalog::Portfolio",
    Call("ListPortfolios", "PortfolioDetails[]"),
    id="Id",
    arn="ARN",
    title="DisplayName",
    created="CreatedTime",
    parts=(
        Part(
            "AccountShares",
            Call("DescribePortfolioShares", params={"PortfolioId": At("Id"), "Type": "ACCOUNT"}),
            "PortfolioShareDetails",
        ),
        Part("", Call("DescribePortfolio", params={"Id": At("Id")}), "Tags", into=Place.TAGS),
    ),
)

SERVICE = Service("servicecatalog", (PORTFOLIO,))
