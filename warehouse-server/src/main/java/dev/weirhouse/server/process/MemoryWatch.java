package dev.weirhouse.server.process;

import dev.weirhouse.server.ExitCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when its memory is gone for good. A statement that asks for too much fails alone, and what it held is
 * free again; but where memory stays short, threads die one after another, and a warehouse that limps is worse than one
 * that is started again.
 *
 * <ol>
 *   <li>A thread that ends by an {@code OutOfMemoryError} that nothing caught ends the process: what it did is done by
 *       nobody now.
 *   <li>Where less than an eighth of the heap is free, the watch tries, once a second, to have a quarter of that; the
 *       attempt makes the JVM collect what it can. {@value #PATIENCE} attempts in a row that fail end the process.
 * </ol>
 *
 * <p>The end is a halt: what closes parts in order needs memory too. Nothing that was committed is lost by it.
 */
final class MemoryWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);

    /** Written as they are: a text would need memory to be encoded. */
    private static final byte[] LAST_WORDS =
            "Weirhouse is out of memory and ends; raise WEIR_HEAP if this happens again.\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final FileOutputStream CONSOLE = new FileOutputStream(FileDescriptor.err);

    private static final int PATIENCE = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int LOW_PART = 8;
    private static final int NEEDED_PART = 32;

    private final Thread thread = new Thread(this::watch, "weir-memory-watch");
    private volatile int kept;

    private MemoryWatch() {}

    /** Begins to watch this JVM. */
    static MemoryWatch start() {
        MemoryWatch watch = new MemoryWatch();
        watch.prepare();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            if (thrown instanceof OutOfMemoryError) {
                end();
            }
            LOG.error("The thread {} ended", thread.getName(), thrown);
        });
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** Loads now what there will be no memory to load when it is needed. */
    private void prepare() {
        try {
            Class.forName("java.lang.Shutdown", true, null);
        } catch (ClassNotFoundException e) {
            LOG.debug("This JVM ends by another class", e);
        }
        LOG.debug("There is room: {}", hasRoom() && canHave(1));
    }

    private void watch() {
        int failures = 0;
        try {
            while (failures < PATIENCE) {
                Thread.sleep(PAUSE.toMillis());
                failures = hasRoom() ? 0 : failures + 1;
            }
        } catch (InterruptedException e) {
            return;
        }
        end();
    }

    private boolean hasRoom() {
        Runtime jvm = Runtime.getRuntime();
        long used = jvm.totalMemory() - jvm.freeMemory();
        if (jvm.maxMemory() - used > jvm.maxMemory() / LOW_PART) {
            return true;
        }
        return canHave((int) Math.min(jvm.maxMemory() / NEEDED_PART, Integer.MAX_VALUE / 2));
    }

    private boolean canHave(int bytes) {
        try {
            byte[] room = new byte[bytes];
            // Read by nobody, and written so that the compiler does not leave out the attempt.
            kept = room.length + room[room.length - 1];
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private static void end() {
        try {
            CONSOLE.write(LAST_WORDS);
            LOG.error("process state=ENDED reason=out of memory");
        } catch (IOException e) {
            LOG.debug("There is no console", e);
        } finally {
            Runtime.getRuntime().halt(ExitCode.OUT_OF_MEMORY);
        }
    }

    @Override
    public void close() {
        Thread.setDefaultUncaughtExceptionHandler(null);
        thread.interrupt();
    }
}
