import { googleDrive } from "../../../src/connectors/google-drive/index.ts";
import { testConnector } from "../../contract/connector.ts";
import { DriveTwin } from "../../twins/google-drive/drive-twin.ts";

testConnector(googleDrive, () => DriveTwin.open({ pageCap: 10 }));
