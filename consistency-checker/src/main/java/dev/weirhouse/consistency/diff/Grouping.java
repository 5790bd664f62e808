package dev.weirhouse.consistency.diff;

import dev.weirhouse.catalog.paimon.TableParts;
import dev.weirhouse.catalog.paimon.TableParts.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which parts of two tables have to be compared with which: those in which a row of the one may be that has its like in the other.
 * As small as they can be: a bucket, where rows of both find theirs in the same way; else a partition; else all.
 */
final class Grouping {

    private Grouping() {}

    /** Parts of both sides that are compared with each other. */
    record Group(List<Part> left, List<Part> right) {

        private Group() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        Set<String> leftFiles() {
            return files(left);
        }

        Set<String> rightFiles() {
            return files(right);
        }

        private static Set<String> files(List<Part> parts) {
            return parts.stream().flatMap(part -> part.files().stream()).collect(Collectors.toCollection(TreeSet::new));
        }

        /** Without what both sides have. */
        Group without(Set<String> files) {
            return new Group(
                    left.stream().map(part -> part.without(files)).toList(),
                    right.stream().map(part -> part.without(files)).toList());
        }
    }

    /**
     * The groups, in order of partitions and buckets.
     *
     * @param key of the comparison; empty where rows are counted
     * @param columns that are compared, and have one type on both sides
     */
    static List<Group> of(TableParts left, TableParts right, List<String> key, List<String> columns) {
        List<String> partitions = left.partitionKey();
        boolean byPartition = partitions.equals(right.partitionKey())
                && columns.containsAll(partitions)
                && (key.isEmpty() || key.containsAll(partitions));
        boolean byBucket = byPartition
                && !left.bucketKey().isEmpty()
                && left.bucketKey().equals(right.bucketKey())
                && left.bucketFunction().equals(right.bucketFunction())
                && columns.containsAll(left.bucketKey());
        Map<String, Map<Integer, Group>> groups = new TreeMap<>();
        Map<String, Set<Integer>> buckets = new TreeMap<>();
        for (TableParts side : List.of(left, right)) {
            side.parts().forEach(part -> buckets.computeIfAbsent(part.partition(), any -> new TreeSet<>())
                    .add(part.buckets()));
        }
        for (TableParts side : List.of(left, right)) {
            for (Part part : side.parts()) {
                // Where the number of buckets was changed, a row's bucket was too.
                boolean same = byBucket
                        && part.buckets() > 0
                        && buckets.get(part.partition()).size() == 1;
                Group group = groups.computeIfAbsent(byPartition ? part.partition() : "", any -> new TreeMap<>())
                        .computeIfAbsent(same ? part.bucket() : 0, any -> new Group());
                (side == left ? group.left() : group.right()).add(part);
            }
        }
        return groups.values().stream()
                .flatMap(group -> group.values().stream())
                .toList();
    }
}
