// Settings of this account and of oneself.
import { Page } from "@/kit";
import { route } from "@/router";

function Settings() {
  return <Page title="Settings">…</Page>;
}

export default [route("/", Settings)];
