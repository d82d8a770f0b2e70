// The server of npm's ws, on a port of its own: echoes every message. ws_echo.js PORT
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) });
server.on("connection", (connection) => {
  // A frame off the rules is what is tried here, and nothing to die of.
  connection.on("error", () => {});
  connection.on("message", (message, binary) => connection.send(message, { binary }));
});
