// The client of ws (npm) under test: `ws_client.mjs URL [PROTOCOLS]`, or URLs on standard input.
import readline from "node:readline";
import { createRequire } from "node:module";

// From where NODE_PATH says that it is installed.
const WebSocket = createRequire(import.meta.url)("ws");

function connect(url, protocols) {
  return new Promise((over) => {
    const socket = new WebSocket(url, protocols);
    socket.on("open", () => socket.send("ws101"));
    socket.on("error", (error) => console.error(error.message));
    socket.on("close", () => over());
  });
}

const [url, protocols] = process.argv.slice(2);
if (url) {
  await connect(url, (protocols ?? "").split(",").filter(Boolean));
} else {
  for await (const line of readline.createInterface({ input: process.stdin })) await connect(line.trim(), []);
}
