// Where the console begins.
import "@cloudscape-design/global-styles/index.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { followPreferences } from "./preferences";
import { refuseMarkup } from "./trustedTypes";

refuseMarkup();
followPreferences();
const element = document.getElementById("console");
if (element) createRoot(element).render(<App />);
