package dev.weirhouse.server.bench;

import java.util.List;

/** What answers a query, as a client of it sees it. */
interface Engine extends AutoCloseable {

    /**
     * An answer.
     *
     * @param rows all of them, each value as text and NULL as null
     * @param seconds from the query to its last row
     */
    record Timed(List<List<String>> rows, double seconds) {}

    /** Asks a query and reads its whole answer. */
    Timed ask(String sql) throws Exception;

    @Override
    void close() throws Exception;
}
