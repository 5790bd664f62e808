package dev.weirhouse.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One lock for each name of a job: within this process one thread at a time acts for it. */
final class JobLocks {

    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    <T> T locked(String name, Supplier<T> action) {
        ReentrantLock lock = of(name);
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Acts unless another thread does. */
    void ifFree(String name, Runnable action) {
        ReentrantLock lock = of(name);
        if (lock.tryLock()) {
            try {
                action.run();
            } finally {
                lock.unlock();
            }
        }
    }

    private ReentrantLock of(String name) {
        return locks.computeIfAbsent(name, key -> new ReentrantLock(true));
    }
}
