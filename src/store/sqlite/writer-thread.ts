import { parentPort, workerData } from "node:worker_threads";
import { backUp } from "./backup.ts";
import { type AnswerMessage, CALLS, type CallMessage, problemMessage } from "./calls.ts";
import { connect } from "./connect.ts";
import { loadDriver } from "./driver.ts";
import { storeError } from "./failure.ts";
import type { ThreadSetup } from "./thread-setup.ts";
import { check } from "./verify.ts";
import { newWriter, type Writer } from "./writing.ts";

/** The one thread of a process that writes to a tenant's store, and the short-lived ones that check or copy it. */
const setup = workerData as ThreadSetup;
const port = parentPort;

if (port) {
  const driver = loadDriver(setup.driver);
  const { role } = setup;
  if (role.name === "write") {
    let writer: Writer | undefined;
    const { file, identity, answering } = setup;
    const opened = () => (writer ??= newWriter(connect(driver, file, "writer"), file, identity, answering));
    port.on("message", (message: CallMessage) => {
      if (message.name === "close") {
        close(writer);
        port.close();
        return;
      }
      void answer(message.id, () => call(opened(), message));
    });
  } else {
    void answer(0, () => aside(role)).then(() => port.close());
  }
}

function call(writer: Writer, { name, parameters }: CallMessage): unknown {
  const action = CALLS[name as keyof typeof CALLS] as (writer: Writer, ...parameters: unknown[]) => unknown;
  return action(writer, ...parameters);
}

function aside(role: Exclude<ThreadSetup["role"], { name: "write" }>): unknown {
  const connection = connect(loadDriver(setup.driver), setup.file, "aside");
  try {
    return role.name === "check" ? check(connection, role.depth) : backUp(connection, role.path);
  } finally {
    connection.close();
  }
}

async function answer(id: number, action: () => unknown): Promise<void> {
  let message: AnswerMessage;
  try {
    message = { id, value: await action() };
  } catch (error) {
    message = { id, problem: problemMessage(storeError(error)) };
  }
  port?.postMessage(message);
}

function close(writer: Writer | undefined): void {
  if (!writer) return;
  try {
    if (!writer.damaged) CALLS.unregister(writer);
    CALLS.checkpoint(writer);
  } catch {
    // A reader of another process is busy: its own end moves the log.
  }
  writer.connection.close();
}
