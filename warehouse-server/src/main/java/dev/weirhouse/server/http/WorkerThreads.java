package dev.weirhouse.server.http;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for work that a request starts; daemons, so that none of them keeps the process from ending. */
final class WorkerThreads {

    private WorkerThreads() {}

    static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            // Jetty's threads carry a loader of their own; Hive and Flink look for theirs.
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        };
    }
}
