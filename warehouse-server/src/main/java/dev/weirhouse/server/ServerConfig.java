package dev.weirhouse.server;

import dev.weirhouse.catalog.ListenAddress;
import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.time.Duration;
import java.util.List;

/** The configuration of the process and its HTTP door. */
public record ServerConfig(
        @Setting(key = "http.host", value = "127.0.0.1", description = "The address that the HTTP door listens on.")
                String host,
        @Setting(
                        key = "http.port",
                        value = "8090",
                        min = 0,
                        max = 65535,
                        description = "The port of the HTTP door; 0 picks a free one.")
                int port,
        @Setting(
                        key = "http.trusted-network",
                        value = "false",
                        description =
                                "Allow an address other than loopback although users are not authenticated: whoever reaches the port can read and write every table.")
                boolean trustedNetwork,
        @Setting(
                        key = "http.hosts",
                        description =
                                "Names, besides localhost and the machine's own, that clients may call the HTTP door by; a request for any other name is refused, because a stranger's page can point its name here.")
                List<String> hosts,
        @Setting(
                        key = "http.threads",
                        value = "64",
                        min = 8,
                        max = 1000,
                        description = "The most threads that answer HTTP requests.")
                int threads,
        @Setting(
                        key = "http.max-body",
                        value = "4mb",
                        min = 1024,
                        max = 1073741824,
                        description = "The longest request body that is read.")
                ByteSize maxBody,
        @Setting(
                        key = "http.page-rows",
                        value = "1000",
                        min = 1,
                        max = 100000,
                        description = "The most rows in one page of an answer.")
                int pageRows,
        @Setting(
                        key = "http.page-size",
                        value = "4mb",
                        min = 1024,
                        max = 268435456,
                        description = "The size at which a page of an answer ends although it has room for more rows.")
                ByteSize pageSize,
        @Setting(
                        key = "http.max-wait",
                        value = "30s",
                        min = 0,
                        max = 600000,
                        description = "The longest that a request may wait for a statement to progress.")
                Duration maxWait,
        @Setting(
                        key = "http.max-statements",
                        value = "32",
                        min = 1,
                        max = 1000,
                        description = "How many statements may run over HTTP at once; one more is refused.")
                int maxStatements,
        @Setting(
                        key = "http.statement-idle-timeout",
                        value = "5m",
                        min = 1000,
                        description =
                                "How long an answer waits for its next reader: then the statement is cancelled, or forgotten if it has ended.")
                Duration statementIdleTimeout,
        @Setting(
                        key = "http.drain",
                        value = "5s",
                        min = 0,
                        max = 600000,
                        description = "How long open HTTP requests may take to end when the process stops.")
                Duration drain) {

    public ServerConfig {
        hosts = List.copyOf(hosts);
    }

    /** Where the HTTP door listens. */
    public ListenAddress address() {
        return new ListenAddress("http", host, trustedNetwork);
    }
}
