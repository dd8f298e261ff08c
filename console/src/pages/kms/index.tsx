// The routes of KMS.
import { route } from "@/router";
import { KeyPage } from "./Key";
import { KeysPage } from "./Keys";
import { StoresPage } from "./Stores";

export default [route("/", KeysPage), route("/keys/:id", KeyPage), route("/stores", StoresPage)];
