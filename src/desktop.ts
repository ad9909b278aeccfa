import { keepHeapSmall } from "./web/small-heap.ts";
import { guardStdout } from "./web/stdout-guard.ts";

keepHeapSmall();
guardStdout(); // Before any package is loaded.
const { serveSettings } = await import("./desktop/serve-settings.ts");
await serveSettings();
