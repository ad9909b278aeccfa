import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequest,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";

type Capable = Record<string, unknown> | undefined;

const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });
const ask = (message: string, name: string, type: "string" | "boolean" = "string"): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties: { [name]: { type } }, required: [name] },
  } as never);
const sample = (words: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });
const has = ({ mcpReq }: ServerContext, key: string) => inputResponse(mcpReq.inputResponses, key).kind !== "missing";

/** Tools of the 2026 era that answer with a question first (SEP-2322). */
export function registerInputTools(server: McpServer, states: RequestStateCodec<string>): void {
  const tool = (name: string, run: (context: ServerContext) => unknown) =>
    server.registerTool(name, { description: `Conformance: ${name}` }, run as never);

  tool("test_input_required_result_elicitation", ({ mcpReq }) => {
    const answer = acceptedContent<{ name?: unknown }>(mcpReq.inputResponses, "user_name");
    if (typeof answer?.name === "string") return text(`Hello, ${answer.name}!`);
    return inputRequired({ inputRequests: { user_name: ask("What is your name?", "name") } });
  });
  tool("test_input_required_result_sampling", (context) => {
    const answer = inputResponse(context.mcpReq.inputResponses, "capital_question");
    if (answer.kind !== "missing") return text(JSON.stringify(answer));
    return inputRequired({ inputRequests: { capital_question: sample("What is the capital of France?", 100) } });
  });
  tool("test_input_required_result_list_roots", ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "client_roots");
    if (answer.kind !== "missing") return text(JSON.stringify(answer));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  const confirmed = async (context: ServerContext) => {
    if (has(context, "confirm") && context.mcpReq.requestState() === "confirming") return text("state-ok");
    const requestState = await states.mint("confirming");
    return inputRequired({ inputRequests: { confirm: ask("Please confirm", "ok", "boolean") }, requestState });
  };
  tool("test_input_required_result_request_state", confirmed);
  tool("test_input_required_result_tampered_state", confirmed);
  tool("test_input_required_result_multiple_inputs", async (context) => {
    const keys = ["user_name", "greeting", "client_roots"];
    if (keys.every((key) => has(context, key))) return text("All three arrived.");
    const inputRequests = {
      user_name: ask("What is your name?", "name"),
      greeting: sample("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    };
    return inputRequired({ inputRequests, requestState: await states.mint("three") });
  });
  tool("test_input_required_result_multi_round", async (context) => {
    const round = context.mcpReq.requestState();
    if (round === "second" && has(context, "step2")) return text("Both steps are done.");
    if (round === "first" && has(context, "step1"))
      return inputRequired({
        inputRequests: { step2: ask("Step 2: What is your favorite color?", "color") },
        requestState: await states.mint("second"),
      });
    const step1 = ask("Step 1: What is your name?", "name");
    return inputRequired({ inputRequests: { step1 }, requestState: await states.mint("first") });
  });
  tool("test_input_required_result_capabilities", (context) => {
    const able = ((context.mcpReq.envelope as Capable)?.[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Record<
      string,
      unknown
    >;
    const inputRequests: Record<string, InputRequest> = {};
    if (able.sampling) inputRequests.question = sample("Say something", 50);
    if (able.elicitation) inputRequests.name = ask("What is your name?", "name");
    return inputRequired({ inputRequests });
  });
  tool("test_missing_capability", () => inputRequired({ inputRequests: { question: sample("Anything", 10) } }));
  tool("test_streaming_elicitation", () =>
    inputRequired({ inputRequests: { name: ask("What is your name?", "name") } }),
  );

  server.registerPrompt("test_input_required_result_prompt", { description: "Asks before it answers" }, (({
    mcpReq,
  }: ServerContext) => {
    const answer = acceptedContent<{ context?: string }>(mcpReq.inputResponses, "user_context");
    if (!answer)
      return inputRequired({ inputRequests: { user_context: ask("What context should the prompt use?", "context") } });
    return { messages: [{ role: "user", content: { type: "text", text: `Use this context: ${answer.context}` } }] };
  }) as never);
}
