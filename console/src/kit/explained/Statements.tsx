// Statements of policies that decided, each with its policy, its place in it, and what its conditions compared.
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useText } from "@/i18n";
import { Link, to } from "@/router";
import type { ExplainedStatement } from "../explain";
import { Name } from "../Name";
import { strings } from "./strings";
import "../kit.css";

export function Statements({ statements }: { statements: ExplainedStatement[] }) {
  const t = useText(strings);
  return (
    <ul className="g-statements">
      {statements.map((one, place) => (
        <li key={place}>
          <StatusIndicator type={one.Effect === "Deny" ? "error" : "success"}>{t(one.Effect === "Deny" ? "said_denies" : "said_allows")}</StatusIndicator>{" "}
          <span>
            <PolicyName policy={one.Policy} />
            <bdi>{t("statement", { statement: one.Sid ?? String(one.Index + 1) })}</bdi>
            {one.StartLine ? ` (${t(one.EndLine === one.StartLine ? "line" : "lines", { from: one.StartLine, to: one.EndLine ?? "" })})` : ""}
          </span>
          {one.Conditions ? (
            <ul>
              {one.Conditions.map((condition, index) => (
                <li key={index}>
                  <bdi>
                    {t("condition", {
                      operator: condition.Operator,
                      key: condition.Key,
                      wanted: condition.PolicyValues.join(", "),
                      actual: condition.ActualValues?.join(", ") ?? t("noValue"),
                    })}
                  </bdi>
                </li>
              ))}
            </ul>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const FOLDERS: Record<string, string> = { user: "users", group: "groups", role: "roles" };

/** The page of a policy that IAM has one for: a managed policy's ARN, or `user/alice/reader` of an inline one. */
function policyPage(policy: string): string | undefined {
  if (/^arn:[^:]+:iam::[^:]+:policy\//.test(policy)) return to("iam", "policies", policy);
  const [kind = "", name, inline, ...rest] = policy.split("/");
  const folder = FOLDERS[kind];
  return folder && name && inline && rest.length === 0 ? to("iam", folder, name, "inline", inline) : undefined;
}

/** A policy as explanations name it, with a link where it has a page. */
export function PolicyName({ policy }: { policy: string }) {
  const page = policyPage(policy);
  if (!page) return <Name>{policy}</Name>;
  return (
    <Link to={page}>
      <Name>{policy}</Name>
    </Link>
  );
}
