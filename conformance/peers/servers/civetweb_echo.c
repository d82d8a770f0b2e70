// The server of civetweb, with a WebSocket resource at /chat that echoes every message. PORT
#include <civetweb.h>
#include <stdio.h>
#include <unistd.h>

static int connect_handler(const struct mg_connection *connection, void *user)
{
	(void)connection, (void)user;
	return 0;
}

static void ready_handler(struct mg_connection *connection, void *user)
{
	(void)connection, (void)user;
}

static int data_handler(struct mg_connection *connection, int flags, char *data, size_t length, void *user)
{
	int opcode = flags & 15;

	(void)user;
	if (opcode == MG_WEBSOCKET_OPCODE_PING)
		opcode = MG_WEBSOCKET_OPCODE_PONG;
	mg_websocket_write(connection, opcode, data, length);
	return opcode != MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE;
}

static void close_handler(const struct mg_connection *connection, void *user)
{
	(void)connection, (void)user;
}

int main(int count, char **arguments)
{
	char port[64];
	const char *options[] = {"listening_ports", port, "num_threads", "32", NULL};
	struct mg_context *context;

	if (count != 2)
		return 2;
	snprintf(port, sizeof port, "127.0.0.1:%s", arguments[1]);
	mg_init_library(0);
	context = mg_start(NULL, NULL, options);
	if (!context)
		return 1;
	mg_set_websocket_handler(context, "/chat", connect_handler, ready_handler, data_handler, close_handler, NULL);
	for (;;)
		pause();
}
