// The server of libwebsockets, with what its constructor sets and nothing beside: echoes every message. PORT
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

// One message that is still to be sent back; what comes before it is gone takes its place.
struct session {
	unsigned char octets[LWS_PRE + 4096];
	size_t length;
	enum lws_write_protocol type;
	int waits;
};

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	struct session *session = user;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		session->length = length < 4096 ? length : 4096;
		session->type = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
		memcpy(session->octets + LWS_PRE, in, session->length);
		session->waits = 1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!session->waits)
			return 0;
		session->waits = 0;
		return lws_write(wsi, session->octets + LWS_PRE, session->length, session->type) < 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, length);
	}
}

int main(int count, char **arguments)
{
	// The first protocol is that of a client which names none.
	static const struct lws_protocols protocols[] = {{"", echo, sizeof(struct session), 4096, 0, NULL, 0}, {0}};
	struct lws_context_creation_info info = {0};
	struct lws_context *context;

	if (count != 2)
		return 2;
	lws_set_log_level(0, NULL);
	info.port = atoi(arguments[1]);
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	info.protocols = protocols;
	context = lws_create_context(&info);
	while (context && lws_service(context, 0) >= 0) {
	}
	return 1;
}
