package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.apache.flink.table.data.RowData;

/** What a point lookup comes to. */
public sealed interface PointAnswer {

    /**
     * The rows.
     *
     * @param snapshotId the commit that they are of, the newest at some moment between question and answer; 0 when nothing
     *     was committed yet
     * @param rows those that exist, in the order of their keys, each once
     */
    record Found(long snapshotId, List<RowData> rows) implements PointAnswer {
        public Found {
            rows = List.copyOf(rows);
        }
    }

    /**
     * No rows now; another way answers.
     *
     * @param reason why, as a clause
     */
    record NotReady(String reason) implements PointAnswer {
        public NotReady {
            requireNonNull(reason, "reason is null");
        }
    }
}
