package dev.weirhouse.server.process;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what is ready, a line for each part with the time it took, on the console and in the log. */
final class StartReport {

    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    private final PrintWriter out;
    private long since = System.nanoTime();
    private final long begun = since;

    StartReport(PrintWriter out) {
        this.out = out;
    }

    /** The next part is ready; what was done since the last one was its opening. */
    void ready(String part, String detail) {
        long now = System.nanoTime();
        Duration took = Duration.ofNanos(now - since);
        since = now;
        out.printf(Locale.ROOT, "  %-14s ready %8s  %s%n", part, seconds(took), detail);
        out.flush();
        LOG.info("part={} state=READY took={}ms {}", part, took.toMillis(), detail);
    }

    /** Everything is ready. */
    Duration total() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
