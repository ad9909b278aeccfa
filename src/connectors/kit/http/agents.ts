// By its own file, so that undici loads with the first request, and its names are found in the bundle too.
export { Agent, EnvHttpProxyAgent, ping, WebSocket } from "undici";
