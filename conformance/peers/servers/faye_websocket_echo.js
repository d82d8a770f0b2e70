// The server of npm's faye-websocket on Node's http server: echoes every message. faye_websocket_echo.js PORT
const http = require("http");
const WebSocket = require("faye-websocket");

const server = http.createServer((request, response) => {
  response.writeHead(404, { "Content-Length": 3 });
  response.end("no\n");
});
server.on("upgrade", (request, socket, body) => {
  // A connection that is reset is what is tried here, and nothing to die of.
  socket.on("error", () => {});
  if (!WebSocket.isWebSocket(request)) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const connection = new WebSocket(request, socket, body);
  connection.on("message", (event) => connection.send(event.data));
});
server.listen(Number(process.argv[2]), "127.0.0.1");
