import { createServer, type ServerParts } from "./tools/create-server.ts";
import { buildSurface } from "./tools/surface.ts";
import { openStdio } from "./web/stdio.ts";

export { buildSurface, createServer, openStdio, type ServerParts };
