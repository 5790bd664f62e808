package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class ListeningSocketsTest {

    @Test
    void socketsOfThisProcessAreSeenWhileTheyAreOpen() throws Exception {
        long self = ProcessHandle.current().pid();
        InetSocketAddress loopback;
        try (ServerSocket narrow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket wide = new ServerSocket(0)) {
            loopback = (InetSocketAddress) narrow.getLocalSocketAddress();
            assertThat(ListeningSockets.of(self))
                    .anyMatch(each -> each.getPort() == narrow.getLocalPort()
                            && each.getAddress().isLoopbackAddress())
                    .anyMatch(each -> each.getPort() == wide.getLocalPort()
                            && each.getAddress().isAnyLocalAddress());
        }
        assertThat(ListeningSockets.of(self)).noneMatch(each -> each.getPort() == loopback.getPort());
    }
}
