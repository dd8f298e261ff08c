// The build of the console: hashed assets without anything inline, as its Content-Security-Policy asks.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The layout's list of feature announcements, which nothing here opens, would bring a drag-and-drop library to the first load. */
const withoutAnnouncements: Plugin = {
  name: "without-announcements",
  load: (id) => (id.endsWith("/feature-notifications-drawer-content.js") ? "export default () => null;\nexport const RuntimeContentPart = () => null;" : undefined),
};

export default defineConfig({
  base: "/_garrison/console/",
  plugins: [react(), withoutAnnouncements],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // those that know light-dark() themselves: made over for older ones it shows nothing
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
  },
});
