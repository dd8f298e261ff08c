// Commands that install the agent: by hand, or by the tool that hosts are set up with.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useText } from "@/i18n";
import { Command } from "@/kit";
import { useQueryValue } from "@/router";
import { useSettings } from "@/settings";
import { hostStrings } from "./strings";

const TOOLS = ["shell", "userdata", "ansible", "systemd", "cloudformation", "puppet", "salt", "chef"] as const;
type Tool = (typeof TOOLS)[number];

interface Step {
  where: "onServer" | "onHost" | "withTool";
  command: string;
}

function stepsOf(tool: Tool, endpoint: string, token: string): Step[] {
  const recipe = `garrison agent install --format ${tool} --endpoint ${endpoint}`;
  if (tool === "shell") {
    const pin = endpoint.startsWith("https:") ? " --ca-fingerprint SHA256" : "";
    return [
      { where: "onServer", command: "garrison agent build" },
      { where: "onHost", command: `python3 garrison-agent.pyz enrol --endpoint ${endpoint}${pin} --token ${token}` },
      { where: "onHost", command: "python3 garrison-agent.pyz run" },
    ];
  }
  if (tool === "userdata") return [{ where: "onServer", command: `${recipe} --token-file token.txt > user-data.sh` }];
  const made: Step = { where: "onServer", command: `${recipe} --output agent/` };
  if (tool === "ansible") return [made, { where: "withTool", command: `ansible-playbook -i hosts agent/garrison-agent.yml -e garrison_token=${token}` }];
  return [made];
}

export function InstallCommands({ token }: { token: string | undefined }) {
  const t = useText(hostStrings);
  const { endpoint } = useSettings();
  const [tool, setTool] = useQueryValue("tool", "shell");
  return (
    <Container header={<Header description={t("commandsText")}>{t("commands")}</Header>}>
      <Tabs
        ariaLabel={t("commands")}
        activeTabId={tool}
        onChange={({ detail }) => {
          setTool(detail.activeTabId);
        }}
        tabs={TOOLS.map((id) => ({
          id,
          label: t(`tool_${id}`),
          content: (
            <SpaceBetween size="m">
              <div>{t(`tool_${id}_text`)}</div>
              {stepsOf(id, endpoint, token ?? "TOKEN").map(({ where, command }) => (
                <SpaceBetween key={command} size="xxs">
                  <b>{t(where)}</b>
                  <Command>{command}</Command>
                </SpaceBetween>
              ))}
            </SpaceBetween>
          ),
        }))}
      />
    </Container>
  );
}
