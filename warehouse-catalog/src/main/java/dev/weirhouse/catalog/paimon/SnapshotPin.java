package dev.weirhouse.catalog.paimon;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.paimon.consumer.Consumer;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.BranchManager;

/**
 * Keeps a table's snapshots from one on: Paimon expires none that a consumer has still to read.
 *
 * <p>A consumer's file is never written again, for a commit that reads it half written fails, and its job with it. To move on, a
 * file of the next number is put in its place whole. The one before stays until the next move: a commit that has listed it, and
 * not the new one, still finds it. Meanwhile the older of both counts.
 * Used by one process at a time for a name, and by one thread of it.
 */
public final class SnapshotPin {

    private static final String PREFIX = "consumer-";

    private final FileIO files;
    private final Path folder;
    private final String name;

    /** @param name of the consumer, without the number that follows it */
    public SnapshotPin(FileStoreTable table, String name) {
        this.files = table.fileIO();
        this.folder = folder(table);
        this.name = requireNonNull(name, "name is null");
    }

    /** Where the consumers of a table's branch lie. */
    public static Path folder(FileStoreTable table) {
        return new Path(
                BranchManager.branchPath(table.location(), table.coreOptions().branch()) + "/consumer");
    }

    /** How the names of the files of a consumer begin. */
    public static String prefix(String name) {
        return PREFIX + name + "-";
    }

    /**
     * Keeps the snapshots from this one on, and those that were kept until now up to the next call.
     *
     * @throws UncheckedIOException when that cannot be written; what was kept before is kept still
     */
    public void keep(long snapshot) {
        try {
            // Not one that is remembered: another process may have pinned meanwhile.
            long next = 1 + newest();
            Path file = new Path(folder, prefix(name) + next);
            if (!files.tryToWriteAtomic(file, new Consumer(snapshot).toJson())) {
                throw new IOException("The file " + file + " is there already.");
            }
            deleteBefore(next - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of all. */
    public void release() {
        try {
            deleteBefore(Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long newest() throws IOException {
        long newest = 0;
        for (FileStatus file : list()) {
            newest = Math.max(newest, number(file));
        }
        return newest;
    }

    private void deleteBefore(long end) throws IOException {
        for (FileStatus file : list()) {
            long found = number(file);
            if (found > 0 && found < end) {
                files.deleteQuietly(file.getPath());
            }
        }
    }

    private FileStatus[] list() throws IOException {
        try {
            return files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }

    /** The number of a file of this consumer's; 0 for another. */
    private long number(FileStatus file) {
        String found = file.getPath().getName();
        String digits =
                found.startsWith(prefix(name)) ? found.substring(prefix(name).length()) : "";
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
    }
}
