import { files } from "../../../src/connectors/files/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { FolderTwin } from "../../twins/folder.ts";

testConnector(files, async () => new FolderTwin());
