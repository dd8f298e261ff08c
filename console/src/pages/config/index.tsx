// The routes of Config.
import { route } from "@/router";
import { CreatePackPage } from "./CreatePack";
import { EditRulePage, NewRulePage } from "./EditRule";
import { PackPage } from "./Pack";
import { PacksPage } from "./Packs";
import { QueryPage } from "./Query";
import { RecorderPage } from "./Recorder";
import { ResourcePage } from "./Resource";
import { ResourcesPage } from "./Resources";
import { RulePage } from "./Rule";
import { RulesPage } from "./Rules";

export default [
  route("/", ResourcesPage),
  route("/resources/:type/:id", ResourcePage),
  route("/rules", RulesPage),
  route("/rules/:name", RulePage),
  route("/rules/:name/edit", EditRulePage),
  route("/rules/-/new", NewRulePage),
  route("/packs", PacksPage),
  route("/packs/:name", PackPage),
  route("/packs/-/new", CreatePackPage),
  route("/query", QueryPage),
  route("/recorder", RecorderPage),
];
