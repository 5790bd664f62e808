package dev.weirhouse.server.cli;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that users name. */
final class TextFile {

    private TextFile() {}

    /** @throws WarehouseException FILE_UNREADABLE */
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new WarehouseException(ServerError.FILE_UNREADABLE, "There is no file " + file + ".", e);
        } catch (CharacterCodingException e) {
            throw new WarehouseException(ServerError.FILE_UNREADABLE, "The file " + file + " is not UTF-8.", e);
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
