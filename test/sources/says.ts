import { ConnectorError } from "../../src/model/index.ts";
import { readConfig } from "../../src/sources/load-config.ts";
import { mistakeText } from "../../src/sources/mistakes.ts";
import { catalog } from "./demo-connector.ts";

/** The sentences about a configuration, as the command line prints them. */
export async function saysOf(yaml: string, env: Record<string, string> = {}): Promise<string[]> {
  try {
    const config = await readConfig(yaml, "/etc/headwater/headwater.yaml", { env, catalog });
    return config.mistakes.map(mistakeText);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return error.message
      .split("\n")
      .slice(error.message.startsWith("The configuration has") ? 1 : 0)
      .map((line) => line.trim());
  }
}
