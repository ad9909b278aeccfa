import { serveStdio } from "../../src/server.ts";
import { fakeApp, filledDesk } from "./fake-app.ts";

// Started as a child process by the stdio tests.
const desk = filledDesk();
const app = fakeApp(desk);

if (process.env.NOISY === "1") {
  const list = desk.sources.all;
  desk.sources.all = () => {
    console.log("a dependency says hello");
    console.info("and again");
    process.stdout.write("without a line break");
    return list();
  };
}
if (process.env.SLOW_OPEN === "1") {
  const { desk: open } = app;
  app.desk = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return open();
  };
}
await serveStdio(app);
process.stderr.write(`closed: ${app.closed}\n`);
