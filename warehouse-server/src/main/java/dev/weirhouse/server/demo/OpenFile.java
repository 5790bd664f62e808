package dev.weirhouse.server.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How far another process has come in reading a file, as the operating system tells it; Linux alone does. */
final class OpenFile {

    private static final String POSITION = "pos:";

    private OpenFile() {}

    static boolean isTold(long pid) {
        return Files.isDirectory(descriptors(pid));
    }

    /** The furthest byte that the process has read to; empty when it has not opened the file now. */
    static OptionalLong position(long pid, Path file) {
        try (Stream<Path> descriptors = Files.list(descriptors(pid))) {
            return descriptors
                    .filter(descriptor -> leadsTo(descriptor, file))
                    .mapToLong(OpenFile::position)
                    .max();
        } catch (IOException e) {
            // The process is gone.
            return OptionalLong.empty();
        }
    }

    private static Path descriptors(long pid) {
        return Path.of("/proc", Long.toString(pid), "fd");
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }

    private static long position(Path descriptor) {
        Path info = descriptor.getParent().resolveSibling("fdinfo").resolve(descriptor.getFileName());
        try {
            List<String> lines = Files.readAllLines(info);
            return lines.stream()
                    .filter(line -> line.startsWith(POSITION))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(POSITION.length()).strip()))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
