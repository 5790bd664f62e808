package dev.weirhouse.catalog.paimon;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.ReadBuilder;

/**
 * Which partitions a statement reads of the tables that have any. Filled while the statement is translated, on one thread;
 * asked for when it has ended and its snapshots are still kept.
 */
public final class PartitionReads {

    private final List<Read> reads = new ArrayList<>();

    private record Read(String version, FileStoreTable table, ReadBuilder read) {}

    /**
     * Notes a place.
     *
     * @param version what is read, as Paimon writes it
     * @param read with the conditions that Paimon was given
     */
    public void add(String version, FileStoreTable table, ReadBuilder read) {
        reads.add(new Read(version, table, read));
    }

    /** Forgets what was noted: Flink opens each source to look at it, before it knows any conditions. */
    public void begin() {
        reads.clear();
    }

    /** By version the partitions that the conditions leave, such as {@code dt=2024-01-01}, in order. */
    public Map<String, List<String>> byVersion() {
        Map<String, TreeSet<String>> found = new TreeMap<>();
        for (Read each : reads) {
            PartitionNames names = PartitionNames.of(each.table());
            TreeSet<String> partitions = found.computeIfAbsent(each.version(), version -> new TreeSet<>());
            each.read().newScan().listPartitions().forEach(partition -> partitions.add(names.of(partition)));
        }
        Map<String, List<String>> all = new TreeMap<>();
        found.forEach((version, partitions) -> all.put(version, List.copyOf(partitions)));
        return all;
    }
}
