package dev.weirhouse.olap.duckdb;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Small answers by all that they depend on: the query, its values, what its tables were, and who asked. What an answer
 * depends on is in its key, so none is ever stale; the one unused for longest goes first. Thread-safe.
 */
final class ResultCache {

    /** An answer may take this share of the whole. */
    private static final int SHARE = 16;

    /** What an entry costs beside its content and its key. */
    private static final int OVERHEAD = 200;

    private final long maxBytes;
    private final Map<String, byte[]> answers = new LinkedHashMap<>(16, 0.75f, true);
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private long bytes;

    /** @param maxBytes 0 for none */
    ResultCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The answer under a key, as an Arrow IPC stream. */
    Optional<byte[]> find(String key) {
        byte[] answer;
        synchronized (answers) {
            answer = answers.get(key);
        }
        (answer == null ? misses : hits).increment();
        return Optional.ofNullable(answer);
    }

    /** Keeps an answer that is not too large. */
    void keep(String key, byte[] answer) {
        long size = size(key, answer);
        if (size > maxBytes / SHARE) {
            return;
        }
        synchronized (answers) {
            byte[] before = answers.put(key, answer);
            bytes += size - (before == null ? 0 : size(key, before));
            var oldest = answers.entrySet().iterator();
            while (bytes > maxBytes && oldest.hasNext()) {
                Map.Entry<String, byte[]> entry = oldest.next();
                bytes -= size(entry.getKey(), entry.getValue());
                oldest.remove();
            }
        }
    }

    private static long size(String key, byte[] answer) {
        return OVERHEAD + 2L * key.length() + answer.length;
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    long bytes() {
        synchronized (answers) {
            return bytes;
        }
    }
}
