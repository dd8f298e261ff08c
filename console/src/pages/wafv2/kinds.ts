// What kinds of statements there are, and which members each has: the visual editor is made of this table.
import { toBase64, type Document } from "./wire";

const NONE = [{ Priority: 0, Type: "NONE" }];
const PATH = { UriPath: {} };

export type Part =
  | { part: "text" | "number" | "search"; name: string }
  | { part: "words"; name: string; numbers?: boolean }
  | { part: "choice"; name: string; options: string[]; optional?: boolean }
  | { part: "arn"; name: string; of: "ip-sets" | "regex-sets" | "rule-groups" }
  | { part: "field" | "transformations" | "nested" | "list" | "scopeDown" | "keys" | "managed" | "overrides" }
  | { part: "forwarded"; name: string; position?: boolean };

export interface StatementKind {
  make: () => Document;
  parts: Part[];
  /** Only as a rule's own statement. */
  top?: boolean;
}

const LOOKS: Part[] = [{ part: "field" }, { part: "transformations" }];
const looking = () => ({ FieldToMatch: PATH, TextTransformations: NONE });
const geo = () => ({ GeoMatchStatement: { CountryCodes: ["US"] } });

export const STATEMENTS: Record<string, StatementKind> = {
  ByteMatchStatement: {
    make: () => ({ SearchString: toBase64(new TextEncoder().encode("/admin")), PositionalConstraint: "CONTAINS", ...looking() }),
    parts: [
      { part: "search", name: "SearchString" },
      { part: "choice", name: "PositionalConstraint", options: ["CONTAINS", "CONTAINS_WORD", "EXACTLY", "STARTS_WITH", "ENDS_WITH"] },
      ...LOOKS,
    ],
  },
  SqliMatchStatement: {
    make: () => ({ FieldToMatch: { QueryString: {} }, TextTransformations: [{ Priority: 0, Type: "URL_DECODE" }], SensitivityLevel: "LOW" }),
    parts: [{ part: "choice", name: "SensitivityLevel", options: ["LOW", "HIGH"], optional: true }, ...LOOKS],
  },
  XssMatchStatement: { make: () => ({ FieldToMatch: { QueryString: {} }, TextTransformations: [{ Priority: 0, Type: "URL_DECODE" }] }), parts: LOOKS },
  RegexMatchStatement: { make: () => ({ RegexString: "^/private/", ...looking() }), parts: [{ part: "text", name: "RegexString" }, ...LOOKS] },
  RegexPatternSetReferenceStatement: { make: () => ({ ARN: "", ...looking() }), parts: [{ part: "arn", name: "ARN", of: "regex-sets" }, ...LOOKS] },
  SizeConstraintStatement: {
    make: () => ({ ComparisonOperator: "GT", Size: 8192, FieldToMatch: { Body: { OversizeHandling: "MATCH" } }, TextTransformations: NONE }),
    parts: [{ part: "choice", name: "ComparisonOperator", options: ["GT", "GE", "LT", "LE", "EQ", "NE"] }, { part: "number", name: "Size" }, ...LOOKS],
  },
  GeoMatchStatement: {
    make: () => geo().GeoMatchStatement,
    parts: [
      { part: "words", name: "CountryCodes" },
      { part: "forwarded", name: "ForwardedIPConfig" },
    ],
  },
  IPSetReferenceStatement: {
    make: () => ({ ARN: "" }),
    parts: [
      { part: "arn", name: "ARN", of: "ip-sets" },
      { part: "forwarded", name: "IPSetForwardedIPConfig", position: true },
    ],
  },
  AsnMatchStatement: {
    make: () => ({ AsnList: [64496] }),
    parts: [
      { part: "words", name: "AsnList", numbers: true },
      { part: "forwarded", name: "ForwardedIPConfig" },
    ],
  },
  LabelMatchStatement: {
    make: () => ({ Scope: "LABEL", Key: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body" }),
    parts: [
      { part: "choice", name: "Scope", options: ["LABEL", "NAMESPACE"] },
      { part: "text", name: "Key" },
    ],
  },
  RateBasedStatement: {
    make: () => ({ Limit: 1000, EvaluationWindowSec: 300, AggregateKeyType: "IP" }),
    parts: [
      { part: "number", name: "Limit" },
      { part: "choice", name: "EvaluationWindowSec", options: ["60", "120", "300", "600"], optional: true },
      { part: "choice", name: "AggregateKeyType", options: ["IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"] },
      { part: "keys" },
      { part: "forwarded", name: "ForwardedIPConfig" },
      { part: "scopeDown" },
    ],
    top: true,
  },
  ManagedRuleGroupStatement: {
    make: () => ({ VendorName: "AWS", Name: "AWSManagedRulesCommonRuleSet" }),
    parts: [{ part: "managed" }, { part: "scopeDown" }],
    top: true,
  },
  RuleGroupReferenceStatement: {
    make: () => ({ ARN: "" }),
    parts: [{ part: "arn", name: "ARN", of: "rule-groups" }, { part: "overrides" }],
    top: true,
  },
  AndStatement: { make: () => ({ Statements: [geo(), { LabelMatchStatement: { Scope: "LABEL", Key: "suspect" } }] }), parts: [{ part: "list" }] },
  OrStatement: { make: () => ({ Statements: [geo(), { LabelMatchStatement: { Scope: "LABEL", Key: "suspect" } }] }), parts: [{ part: "list" }] },
  NotStatement: { make: () => ({ Statement: geo() }), parts: [{ part: "nested" }] },
};

/** A new statement of a kind. */
export function newStatement(kind: string): Document {
  return { [kind]: STATEMENTS[kind]?.make() ?? {} };
}

export const FIELDS: Record<string, () => Document> = {
  UriPath: () => ({}),
  QueryString: () => ({}),
  AllQueryArguments: () => ({}),
  SingleQueryArgument: () => ({ Name: "q" }),
  SingleHeader: () => ({ Name: "user-agent" }),
  Headers: () => ({ MatchPattern: { All: {} }, MatchScope: "ALL", OversizeHandling: "CONTINUE" }),
  Cookies: () => ({ MatchPattern: { All: {} }, MatchScope: "ALL", OversizeHandling: "CONTINUE" }),
  Body: () => ({ OversizeHandling: "CONTINUE" }),
  JsonBody: () => ({ MatchPattern: { All: {} }, MatchScope: "ALL", InvalidFallbackBehavior: "EVALUATE_AS_STRING", OversizeHandling: "CONTINUE" }),
  Method: () => ({}),
  UriFragment: () => ({}),
  HeaderOrder: () => ({ OversizeHandling: "CONTINUE" }),
  JA3Fingerprint: () => ({ FallbackBehavior: "NO_MATCH" }),
  JA4Fingerprint: () => ({ FallbackBehavior: "NO_MATCH" }),
};

/** The choices inside of a field to match. */
export const FIELD_CHOICES: Record<string, string[]> = {
  OversizeHandling: ["CONTINUE", "MATCH", "NO_MATCH"],
  MatchScope: ["ALL", "KEY", "VALUE"],
  InvalidFallbackBehavior: ["EVALUATE_AS_STRING", "MATCH", "NO_MATCH"],
  FallbackBehavior: ["MATCH", "NO_MATCH"],
};

export const TRANSFORMATIONS =
  "NONE LOWERCASE UPPERCASE URL_DECODE URL_DECODE_UNI HTML_ENTITY_DECODE COMPRESS_WHITE_SPACE REMOVE_WHITESPACE TRIM TRIM_LEFT TRIM_RIGHT NORMALIZE_PATH NORMALIZE_PATH_WIN CMD_LINE CMD_LINE_UNIX CMD_LINE_WIN BASE64_DECODE BASE64_DECODE_EXT HEX_DECODE SQL_HEX_DECODE JS_DECODE JS_DECODE_EXT CSS_DECODE ESCAPE_SEQ_DECODE UTF8_TO_UNICODE REPLACE_COMMENTS REMOVE_COMMENTS_CHAR REPLACE_NULLS REMOVE_NULLS MD5 SHA256".split(
    " ",
  );

/** What a rate can be counted by, and what each key is made of. */
export const RATE_KEYS: Record<string, () => Document> = {
  IP: () => ({}),
  ForwardedIP: () => ({}),
  Header: () => ({ Name: "x-api-client", TextTransformations: NONE }),
  Cookie: () => ({ Name: "session", TextTransformations: NONE }),
  QueryArgument: () => ({ Name: "user", TextTransformations: NONE }),
  QueryString: () => ({ TextTransformations: NONE }),
  UriPath: () => ({ TextTransformations: NONE }),
  HTTPMethod: () => ({}),
  LabelNamespace: () => ({ Namespace: "awswaf:clientip:geo:country:" }),
  ASN: () => ({}),
  JA3Fingerprint: () => ({ FallbackBehavior: "NO_MATCH" }),
  JA4Fingerprint: () => ({ FallbackBehavior: "NO_MATCH" }),
};
