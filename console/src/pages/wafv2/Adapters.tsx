// How a web ACL comes to stand in front of an application: commands to copy.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Command, JsonEditor, prettyJson } from "@/kit";
import { settings } from "@/settings";
import { strings } from "./strings";

export function Adapters({ name, arn }: { name: string; arn: string }) {
  const t = useText(strings);
  const { endpoint } = settings();
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["garrison:GetWebAclBundle", "garrison:PutWafRecords"], Resource: arn }],
  };
  const ways: [title: string, commands: string[]][] = [
    [t("adapterServer"), [`export AWS_ENDPOINT_URL=${endpoint}`]],
    ["Flask, Django (WSGI)", [`app.wsgi_app = garrison.adapters.wsgi.Firewall(app.wsgi_app, web_acl="${name}")`]],
    ["FastAPI, Starlette, Django (ASGI)", [`app.add_middleware(garrison.adapters.asgi.Firewall, web_acl="${name}")`]],
    [t("adapterProxy"), [`garrison waf proxy --upstream http://127.0.0.1:8000 --web-acl ${name} --listen 0.0.0.0:8080`]],
    ["Envoy", [`garrison waf serve --web-acl ${name} --listen 127.0.0.1:9300 --workers 2`, "garrison waf serve --print-config envoy > envoy.yaml"]],
    ["nginx", [`garrison waf serve --web-acl ${name} --listen 127.0.0.1:9300 --workers 2`, "garrison waf serve --print-config nginx > /etc/nginx/conf.d/garrison.conf"]],
  ];
  return (
    <Container header={<Header description={t("adaptersText")}>{t("adapters")}</Header>}>
      <SpaceBetween size="l">
        {ways.map(([title, commands]) => (
          <div key={title}>
            <Box variant="h3">{title}</Box>
            <SpaceBetween size="xs">
              {commands.map((command) => (
                <Command key={command}>{command}</Command>
              ))}
            </SpaceBetween>
          </div>
        ))}
        <div>
          <Box variant="h3">{t("adapterPolicy")}</Box>
          <JsonEditor readOnly ariaLabel={t("adapterPolicy")} value={prettyJson(policy)} />
        </div>
      </SpaceBetween>
    </Container>
  );
}
