import { github } from "../../../src/connectors/github/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { GithubTwin } from "../../twins/github/github-twin.ts";

testConnector(github, () => GithubTwin.open({ pageCap: 10 }));
