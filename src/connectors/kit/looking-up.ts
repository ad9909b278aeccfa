import { type LookupFunction, Socket } from "node:net";

/**
 * Makes the sockets of a driver that calls `connect(port, host)` on what it is given, as pg 8.23 does: names are looked up
 * with `lookup` (`Http.lookup`) and with nothing else.
 */
export function socketsLookingUp(lookup: LookupFunction): () => Socket {
  return () => {
    const socket = new Socket();
    const connect = socket.connect.bind(socket) as (options: object) => Socket;
    return Object.assign(socket, { connect: (port: number, host: string) => connect({ port, host, lookup }) });
  };
}
