package dev.weirhouse.olap.duckdb;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The warehouse's end of a connection to the engine. It belongs to one thread at a time. */
final class EngineConnection implements Closeable {

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer head = EngineProtocol.frameHead();

    private EngineConnection(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        this.key = channel.register(selector, SelectionKey.OP_READ);
    }

    static EngineConnection open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // A blocking channel is closed when its thread is interrupted, and the reply with it.
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException("The engine takes no more connections");
            }
            Selector selector = Selector.open();
            try {
                return new EngineConnection(channel, selector);
            } catch (IOException | RuntimeException e) {
                selector.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends a frame and waits for the one that answers it.
     *
     * @param onInterrupt called each time that the thread is interrupted; the wait goes on, and at its end the thread is
     *     interrupted again
     * @throws IOException when the engine is gone; the connection is of no use any more
     */
    ByteBuffer exchange(ByteBuffer frame, Runnable onInterrupt) throws IOException {
        boolean interrupted = false;
        try {
            while (frame.hasRemaining()) {
                if (channel.write(frame) == 0) {
                    interrupted |= await(SelectionKey.OP_WRITE, onInterrupt);
                }
            }
            interrupted |= fill(head.clear(), onInterrupt);
            ByteBuffer body = ByteBuffer.allocate(EngineProtocol.frameLength(head.flip()));
            interrupted |= fill(body, onInterrupt);
            return body.flip();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean fill(ByteBuffer buffer, Runnable onInterrupt) throws IOException {
        boolean interrupted = false;
        while (buffer.hasRemaining()) {
            int bytes = channel.read(buffer);
            if (bytes < 0) {
                throw new EOFException("The engine has closed the connection");
            }
            if (bytes == 0) {
                interrupted |= await(SelectionKey.OP_READ, onInterrupt);
            }
        }
        return interrupted;
    }

    private boolean await(int operation, Runnable onInterrupt) throws IOException {
        key.interestOps(operation);
        selector.select();
        selector.selectedKeys().clear();
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            onInterrupt.run();
        }
        return interrupted;
    }

    @Override
    public void close() {
        try (channel) {
            selector.close();
        } catch (IOException e) {
            // The engine closes its end in any case.
            return;
        }
    }
}
