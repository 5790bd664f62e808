package dev.weirhouse.server.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The processor time that a process and its threads have taken, as Linux counts it: in hundredths of a second, in the fields
 * {@code utime} and {@code stime} of {@code stat} (proc(5)).
 *
 * @param pid of a process that runs
 */
record ProcessCpu(long pid) {

    private static final double TICKS_PER_SECOND = 100;

    /** Counted from the field behind the name, which is the second one, in parentheses. */
    private static final int UTIME = 14 - 3;

    private static final int STIME = 15 - 3;

    /** The seconds of all threads, also of those that have ended. */
    double seconds() {
        return seconds(folder());
    }

    /** The seconds of the threads of a name, of those that are there now. */
    double seconds(String thread) {
        try (Stream<Path> tasks = Files.list(folder().resolve("task"))) {
            return tasks.filter(task -> name(task).equals(thread))
                    .mapToDouble(ProcessCpu::seconds)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder() {
        return Path.of("/proc", Long.toString(pid));
    }

    private static String name(Path task) {
        return read(task.resolve("comm")).strip();
    }

    private static double seconds(Path of) {
        String line = read(of.resolve("stat"));
        if (line.isEmpty()) {
            return 0;
        }
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    /** What stands in a file; nothing when the thread has just ended. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
