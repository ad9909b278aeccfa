import { ConnectorError } from "../../model/index.ts";
import { secretsFile } from "../keys/sealed-files.ts";
import type { LateProvider } from "./secret-provider.ts";

export const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** `secret://name`: headwater's own, put there by `headwater secrets set name`. */
export const ownSecrets: LateProvider = {
  prefix: "secret://",
  form: "secret://name",
  fits: SECRET_NAME,
  async read(name, { dataFolder, clock }) {
    const found = await secretsFile({ dataFolder, clock }).read(name);
    if (found && "text" in found) return found.text;
    throw new ConnectorError(
      "config",
      found ? `secret://${name} cannot be used: it ${found.problem}.` : `There is no secret named ${name}.`,
      { hint: `Put it there: headwater secrets set ${name}` },
    );
  },
};
