// Questions to begin with, and the columns that they are made of.

/** The ID in an event data store's ARN, which statements name it by. */
export function storeId(arn: string): string {
  return arn.split("/").pop() ?? arn;
}

export const COLUMNS = [
  "eventTime",
  "eventName",
  "eventSource",
  "awsRegion",
  "sourceIPAddress",
  "userAgent",
  "errorCode",
  "errorMessage",
  "requestParameters",
  "responseElements",
  "requestID",
  "eventID",
  "readOnly",
  "resources",
  "eventType",
  "recipientAccountId",
  "userIdentity",
  "userIdentity.arn",
  "userIdentity.type",
  "userIdentity.userName",
  "eventJson",
];

export const QUESTIONS = [
  {
    id: "askRecent",
    sql: "SELECT eventTime, eventName, userIdentity.arn AS who, sourceIPAddress, errorCode\nFROM $STORE\nORDER BY eventTime DESC\nLIMIT 100",
  },
  {
    id: "askDenied",
    sql: "SELECT userIdentity.arn AS who, eventName, count(*) AS refused\nFROM $STORE\nWHERE errorCode LIKE '%Denied%' OR errorCode LIKE '%Unauthorized%'\nGROUP BY 1, 2\nORDER BY refused DESC\nLIMIT 100",
  },
  {
    id: "askHours",
    sql: "SELECT date_trunc('hour', eventTime) AS hour, count(*) AS calls\nFROM $STORE\nGROUP BY 1\nORDER BY 1",
  },
  {
    id: "askAddresses",
    sql: "SELECT sourceIPAddress, count(*) AS calls, count(DISTINCT userIdentity.arn) AS people\nFROM $STORE\nGROUP BY 1\nORDER BY calls DESC\nLIMIT 100",
  },
  {
    id: "askChanges",
    sql: "SELECT eventTime, userIdentity.arn AS who, eventName, requestParameters\nFROM $STORE\nWHERE readOnly = false AND errorCode IS NULL\nORDER BY eventTime DESC\nLIMIT 200",
  },
] as const;
