"""A kernel's connection to the browser that holds no message back."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Each message leaves at once.

    TCP holds a small message back until the one before it has been acknowledged, which a
    browser that has nothing to send does 40 ms later: every moving figure would lag so much.
    """

    def connect(self):
        """Connect as usual, without Nagle's algorithm."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
