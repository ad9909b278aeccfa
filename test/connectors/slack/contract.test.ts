import { slack } from "../../../src/connectors/slack/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { SlackTwin } from "../../twins/slack/slack-twin.ts";

testConnector(slack, () => SlackTwin.open({ historyCap: 7 }));
