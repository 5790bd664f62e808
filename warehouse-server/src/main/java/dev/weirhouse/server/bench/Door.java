package dev.weirhouse.server.bench;

/** A way to ask for one row by its key. For use by one thread. */
interface Door extends AutoCloseable {

    /**
     * Asks for a key and reads the answer.
     *
     * @throws Exception when there is none, or it is another row's
     */
    void ask(long key) throws Exception;

    @Override
    void close() throws Exception;
}
