import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { ConnectorError } from "../model/index.ts";
import { errorResult, runTool } from "./call.ts";
import type { Tool } from "./define.ts";
import type { Desk } from "./desk.ts";

/** Clients wait a minute for an answer. */
const WAIT_MS = 45_000;

const LOGIN = "login";

/** Whether the client can show its person a page of ours: said once by one of 2025, with each request by one of 2026. */
export function showsPages(server: Server, { mcpReq }: Pick<ServerContext, "mcpReq">): boolean {
  const envelope = mcpReq.envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined;
  const said = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities();
  return said?.elicitation?.url !== undefined;
}

/**
 * Runs one tool call; where the source's credential does not hold and a login would help, the client is asked to show
 * the page, and the call goes on once the person is through. The answer of a person who declines tells the command.
 */
export async function callWithLogin(
  tool: Tool,
  raw: unknown,
  desk: () => Promise<Desk>,
  context: Pick<ServerContext, "mcpReq">,
): Promise<CallToolResult | InputRequiredResult> {
  const source = context.mcpReq.requestState<unknown>();
  if (typeof source === "string") return goOn(source, tool, raw, desk, context);
  const { result, wantsLogin } = await runTool(tool, raw, desk, context);
  const offer = wantsLogin === undefined ? undefined : await (await desk()).offers?.offer(wantsLogin);
  if (!offer) return result;
  return inputRequired({ inputRequests: { [LOGIN]: inputRequired.elicitUrl(offer) }, requestState: wantsLogin });
}

/** The client is back from the page. What it says of the state is its own word: at most it waits for a login that is none. */
async function goOn(
  source: string,
  tool: Tool,
  raw: unknown,
  desk: () => Promise<Desk>,
  context: Pick<ServerContext, "mcpReq">,
): Promise<CallToolResult> {
  try {
    const { offers } = await desk();
    const answer = inputResponse(context.mcpReq.inputResponses, LOGIN);
    if (answer.kind !== "elicit" || answer.action !== "accept") offers?.withdraw(source);
    else if ((await offers?.finished(source, WAIT_MS, context.mcpReq.signal)) === false) throw notYet(tool);
  } catch (thrown) {
    return errorResult(thrown);
  }
  return (await runTool(tool, raw, desk, context)).result;
}

function notYet(tool: Tool): ConnectorError {
  return new ConnectorError("auth", "The page of the login is open, but nobody has finished it yet.", {
    hint: `When the page says that you are logged in, call ${tool.name} again.`,
  });
}
