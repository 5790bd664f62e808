package dev.weirhouse.olap.duckdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Copies what the engine's process writes to its standard error into a file, and keeps one older file beside it, so that
 * both stay bounded whatever the process writes.
 */
final class EngineLog {

    static final long MAX_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 4096;

    private final Path file;
    private final Path older;

    EngineLog(Path folder) throws IOException {
        Files.createDirectories(folder);
        this.file = folder.resolve("native-engine.log");
        this.older = folder.resolve("native-engine.1.log");
    }

    /** Copies until the process ends. */
    Thread copy(InputStream errors, String name) {
        Thread thread = new Thread(() -> copyAll(errors), name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void copyAll(InputStream errors) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (errors) {
            for (int bytes = errors.read(buffer); bytes >= 0; bytes = errors.read(buffer)) {
                append(buffer, bytes);
            }
        } catch (IOException e) {
            // The process is gone, or the disk is full: either way the engine itself is told elsewhere.
            return;
        }
    }

    private synchronized void append(byte[] buffer, int bytes) throws IOException {
        if (Files.exists(file) && Files.size(file) + bytes > MAX_BYTES) {
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        }
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(buffer, 0, bytes);
        }
    }
}
