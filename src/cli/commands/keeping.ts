import type { Command } from "commander";
import { act, type Runner } from "./act.ts";

/** Credentials and the configuration file. */
export function keepingCommands(program: Command, run: Runner): void {
  const secrets = program
    .command("secrets")
    .description("credentials kept encrypted, written secret://name in options");
  for (const [name, description, argument] of [
    ["set", "keep a credential: typed without being shown, or piped in", "<name>"],
    ["rm", "remove one", "<name>"],
    ["list", "list their names", ""],
    ["rotate-key", "seal secrets and logins with a new key", ""],
  ] as const) {
    const command = secrets.command(name).description(description);
    if (argument !== "") command.argument(argument, "letters, digits, dots, hyphens and underscores");
    command.action(
      act(run, async (session, [named]) =>
        (await import("../secrets.ts")).secrets(session, name, typeof named === "string" ? named : undefined),
      ),
    );
  }
  const config = program.command("config").description("the configuration file");
  for (const [name, description] of [
    ["path", "print where the configuration is"],
    ["validate", "check the configuration and tell everything wrong at once"],
    ["schema", "print the JSON schema of the configuration for editors"],
    ["edit", "open the configuration in your editor"],
  ] as const) {
    config
      .command(name)
      .description(description)
      .action(act(run, async (session) => (await import("../config.ts")).config(session, name)));
  }
}
