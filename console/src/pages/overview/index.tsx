// The overview: how the account stands.
import { Page } from "@/kit";
import { route } from "@/router";

function Overview() {
  return <Page title="Overview">…</Page>;
}

export default [route("/", Overview)];
