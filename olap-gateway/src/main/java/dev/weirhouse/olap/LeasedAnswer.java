package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.paimon.ReadLeases;
import dev.weirhouse.olap.paimon.SnapshotLeases;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/** An answer of Flink's, whose snapshots do not expire before it is closed. */
final class LeasedAnswer implements Answer {

    private final Answer answer;
    private final ReadLeases leases;

    private LeasedAnswer(Answer answer, ReadLeases leases) {
        this.answer = requireNonNull(answer, "answer is null");
        this.leases = requireNonNull(leases, "leases are null");
    }

    static Answer of(Answer answer, SnapshotLeases leases) {
        return answer.reads().isEmpty() ? answer : new LeasedAnswer(answer, ReadLeases.take(leases, answer.reads()));
    }

    @Override
    public String runId() {
        return answer.runId();
    }

    @Override
    public String cut() {
        return answer.cut();
    }

    @Override
    public Optional<AnsweredBy> answeredBy() {
        return answer.answeredBy();
    }

    @Override
    public List<TableRead> reads() {
        return answer.reads();
    }

    @Override
    public StatementKind kind() {
        return answer.kind();
    }

    @Override
    public ResolvedSchema schema() {
        return answer.schema();
    }

    @Override
    public CloseableIterator<RowData> rows() {
        return answer.rows();
    }

    @Override
    public long affectedRows() {
        return answer.affectedRows();
    }

    @Override
    public void cancel() {
        answer.cancel();
    }

    @Override
    public void close() {
        try {
            answer.close();
        } finally {
            leases.close();
        }
    }
}
