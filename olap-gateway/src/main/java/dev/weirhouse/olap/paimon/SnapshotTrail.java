package dev.weirhouse.olap.paimon;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.paimon.Snapshot;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.Path;
import org.apache.paimon.fs.SeekableInputStream;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.manifest.ManifestEntry;
import org.apache.paimon.manifest.ManifestFile;
import org.apache.paimon.manifest.ManifestFileMeta;
import org.apache.paimon.operation.FileStoreScan;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.IOUtils;
import org.apache.paimon.utils.SnapshotManager;

/**
 * The snapshots of a table as they follow each other in its folder. Paimon gives an id again after a rollback and for a
 * table that is made anew, so a snapshot is known by its file's content, which names manifests that no other commit has.
 * Nothing is read through Paimon's cache of snapshots, which knows them by id.
 */
final class SnapshotTrail {

    /** How often the newest snapshot may be deleted while it is being read. */
    private static final int TRIES = 5;

    private final FileStoreTable table;
    private final FileIO files;
    private final SnapshotManager snapshots;

    SnapshotTrail(FileStoreTable table) {
        this.table = table;
        this.files = table.fileIO();
        this.snapshots = table.snapshotManager();
    }

    /** A snapshot with what identifies it. */
    static final class Commit {

        /** Before the first snapshot. */
        static final Commit NONE = new Commit(null, new byte[0], Optional.empty());

        private final Snapshot snapshot;
        private final byte[] content;
        private final Optional<Stamp> stamp;

        private Commit(Snapshot snapshot, byte[] content, Optional<Stamp> stamp) {
            this.snapshot = snapshot;
            this.content = content;
            this.stamp = stamp;
        }

        long id() {
            return snapshot == null ? 0 : snapshot.id();
        }

        Snapshot snapshot() {
            return snapshot;
        }
    }

    /** Tells a local file from each that may have its name later, at a fifth of the cost of reading it. */
    private record Stamp(Object file, FileTime modified, long size) {}

    /**
     * Whether a snapshot is the newest at some moment within this call.
     *
     * <p>When its successor is missing first and it still exists afterwards, it was there and the newest in between, for
     * snapshots expire from the oldest on.
     */
    boolean isNewest(Commit commit) throws IOException {
        if (commit == Commit.NONE) {
            return newest() == Commit.NONE;
        }
        return !exists(snapshots.snapshotPath(commit.id() + 1)) && exists(commit);
    }

    private boolean exists(Path path) throws IOException {
        return files instanceof LocalFileIO ? Files.exists(local(path)) : files.exists(path);
    }

    /** Whether this very snapshot is there. */
    boolean exists(Commit commit) throws IOException {
        Path path = snapshots.snapshotPath(commit.id());
        if (commit.stamp.isPresent() && stamp(path).equals(commit.stamp)) {
            return true;
        }
        return content(path).filter(now -> Arrays.equals(now, commit.content)).isPresent();
    }

    /** The newest snapshot, or {@link Commit#NONE}. */
    Commit newest() throws IOException {
        for (int tried = 0; tried < TRIES; tried++) {
            Long id = snapshots.latestSnapshotIdFromFileSystem();
            if (id == null) {
                if (table.schemaManager().latest().isEmpty()) {
                    throw new FileNotFoundException("There is no table at " + table.location());
                }
                return Commit.NONE;
            }
            Optional<Commit> newest = find(id);
            if (newest.isPresent()) {
                return newest.get();
            }
        }
        throw new IOException("The newest snapshot of " + table.location() + " is deleted whenever it is read");
    }

    /** The snapshot that has an id now. */
    Optional<Commit> find(long id) throws IOException {
        Path path = snapshots.snapshotPath(id);
        Optional<Stamp> before = stamp(path);
        Optional<byte[]> content = content(path);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        Snapshot snapshot = Snapshot.fromJson(new String(content.get(), StandardCharsets.UTF_8));
        boolean same = before.isPresent() && before.equals(stamp(path));
        return Optional.of(new Commit(snapshot, content.get(), same ? before : Optional.empty()));
    }

    private Optional<byte[]> content(Path path) throws IOException {
        try (SeekableInputStream in = files.newInputStream(path)) {
            return Optional.of(IOUtils.readFully(in, false));
        } catch (FileNotFoundException | NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Optional<Stamp> stamp(Path path) throws IOException {
        if (!(files instanceof LocalFileIO)) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(local(path), BasicFileAttributes.class);
            return attributes.fileKey() == null
                    ? Optional.empty()
                    : Optional.of(new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** The changes of files that a snapshot made. */
    List<ManifestEntry> changes(Commit commit) throws IOException {
        try {
            ManifestFile manifests = table.store().manifestFileFactory().create();
            List<ManifestEntry> entries = new ArrayList<>();
            for (ManifestFileMeta manifest :
                    table.store().manifestListFactory().create().readDeltaManifests(commit.snapshot())) {
                entries.addAll(manifests.read(manifest.fileName(), manifest.fileSize()));
            }
            return entries;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** All files of a snapshot. */
    List<ManifestEntry> all(Commit commit) throws IOException {
        if (commit == Commit.NONE) {
            return List.of();
        }
        try {
            FileStoreScan scan = table.store().newScan();
            return scan.withSnapshot(commit.snapshot()).dropStats().plan().files();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
