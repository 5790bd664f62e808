package dev.weirhouse.olap;

import dev.weirhouse.catalog.ListenAddress;
import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.time.Duration;

/** The configuration of the OLAP lane and its Flight SQL door. */
public record OlapConfig(
        @Setting(
                        key = "flight.host",
                        value = "127.0.0.1",
                        description = "The address that the Flight SQL door listens on.")
                String host,
        @Setting(
                        key = "flight.port",
                        value = "32010",
                        min = 0,
                        max = 65535,
                        description = "The port of the Flight SQL door; 0 picks a free one.")
                int port,
        @Setting(
                        key = "flight.trusted-network",
                        value = "false",
                        description =
                                "Allow an address other than loopback although users are not authenticated: whoever reaches the port can read and write every table.")
                boolean trustedNetwork,
        @Setting(
                        key = "flight.memory",
                        value = "256mb",
                        min = 8388608,
                        description = "Memory for Arrow data that is on its way to or from clients.")
                ByteSize memory,
        @Setting(
                        key = "flight.batch-rows",
                        value = "8192",
                        min = 1,
                        max = 1048576,
                        description = "The most rows in one Arrow batch.")
                int batchRows,
        @Setting(
                        key = "flight.batch-size",
                        value = "1mb",
                        min = 1024,
                        max = 67108864,
                        description = "The size at which an Arrow batch is sent although it has room for more rows.")
                ByteSize batchSize,
        @Setting(
                        key = "flight.max-request-size",
                        value = "16mb",
                        min = 65536,
                        max = 1073741824,
                        description = "The longest message that is read from a client: a statement or its parameters.")
                ByteSize maxRequestSize,
        @Setting(
                        key = "olap.max-sessions",
                        value = "500",
                        min = 1,
                        description = "How many client sessions may be open at once.")
                int maxSessions,
        @Setting(
                        key = "olap.session-idle-timeout",
                        value = "30m",
                        min = 1000,
                        description = "How long a session may be unused before it is closed.")
                Duration sessionIdleTimeout,
        @Setting(
                        key = "olap.max-running-queries",
                        value = "32",
                        min = 1,
                        max = 10000,
                        description = "How many statements of all clients may run at once; one more is refused.")
                int maxRunningQueries,
        @Setting(
                        key = "olap.query-timeout",
                        value = "30m",
                        min = 1000,
                        description =
                                "How long a statement may take, from its arrival to its last row, before it is cancelled.")
                Duration queryTimeout,
        @Setting(
                        key = "olap.max-statements-per-session",
                        value = "200",
                        min = 1,
                        description =
                                "How many prepared statements a session holds; one more drops the one unused for longest.")
                int maxStatements,
        @Setting(
                        key = "olap.max-queries-per-session",
                        value = "50",
                        min = 1,
                        description = "How many announced or running queries a session may hold.")
                int maxQueries,
        @Setting(
                        key = "olap.max-shapes",
                        value = "2000",
                        min = 1,
                        max = 1000000,
                        description =
                                "How many kinds of queries, apart from their values, are remembered: one that is known need not be parsed and planned.")
                int maxShapes,
        @Setting(
                        key = "olap.point-size",
                        value = "20gb",
                        min = 0,
                        description =
                                "The most that files for lookups by primary key may take on disk; 0 leaves such queries to the other lanes.")
                ByteSize pointSize,
        @Setting(
                        key = "olap.point-tables",
                        value = "100",
                        min = 1,
                        max = 10000,
                        description = "How many tables are held ready for lookups by primary key.")
                int pointTables,
        @Setting(
                        key = "olap.max-parameter-rows",
                        value = "1000",
                        min = 1,
                        description =
                                "How many rows of parameters one batch update may bring; each is a statement run.")
                int maxParameterRows) {

    /** Where the Flight SQL door listens. */
    public ListenAddress address() {
        return new ListenAddress("flight", host, trustedNetwork);
    }
}
