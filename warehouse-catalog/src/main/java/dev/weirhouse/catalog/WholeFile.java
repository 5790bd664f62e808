package dev.weirhouse.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A small file that is replaced as a whole: who reads it, also after a kill at any moment, finds the old text or the new one. */
public final class WholeFile {

    private WholeFile() {}

    /** Writes a text, in UTF-8, in the place of what the file held; the folder has to be there. */
    public static void write(Path file, String text) throws IOException {
        Path next = Files.createTempFile(file.getParent(), "." + file.getFileName(), ".next");
        try {
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
