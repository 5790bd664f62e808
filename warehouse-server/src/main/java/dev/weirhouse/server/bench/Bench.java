package dev.weirhouse.server.bench;

/** Something to measure, with its baselines. */
interface Bench {

    /** What it is called on the command line. */
    String name();

    /** What it measures, in a line. */
    String description();

    /**
     * Measures.
     *
     * @param home where its warehouse lives; no other process uses it meanwhile
     */
    void run(BenchHome home, BenchOptions options, Report report) throws Exception;
}
