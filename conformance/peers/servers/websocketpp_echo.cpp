// The server of WebSocket++ over standalone Asio: echoes every message. PORT
#define ASIO_STANDALONE
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

#include <cstdlib>

using Server = websocketpp::server<websocketpp::config::asio>;

int main(int count, char **arguments)
{
	if (count != 2)
		return 2;
	Server server;
	server.clear_access_channels(websocketpp::log::alevel::all);
	server.clear_error_channels(websocketpp::log::elevel::all);
	server.init_asio();
	server.set_reuse_addr(true);
	server.set_message_handler([&server](websocketpp::connection_hdl connection, Server::message_ptr message) {
		server.send(connection, message->get_payload(), message->get_opcode());
	});
	server.listen("127.0.0.1", arguments[1]);
	server.start_accept();
	server.run();
}
