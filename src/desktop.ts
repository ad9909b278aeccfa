import { guardStdout } from "./web/stdout-guard.ts";

guardStdout(); // Before any package is loaded.
const { serveSettings } = await import("./desktop/serve-settings.ts");
await serveSettings();
