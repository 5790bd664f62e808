package dev.weirhouse.olap;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.olap.flink.PointPlan;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.CloseableIterator;

/** What EXPLAIN answers: where the query is computed and why there, then Flink's plan of it. */
final class Explanation implements Answer {

    private static final Pattern EXPLAIN = Pattern.compile(
            "(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/)*+EXPLAIN\\s+"
                    + "(?:PLAN\\s+FOR\\s+|[A-Z_]+(?:\\s*,\\s*[A-Z_]+)*\\s+(?=SELECT|WITH|VALUES|\\())?"
                    + "(?<query>(?:SELECT|WITH|VALUES|\\().*)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final String lane;
    private final Answer flink;

    Explanation(String lane, Answer flink) {
        this.lane = lane;
        this.flink = flink;
    }

    /** The query that a statement asks to explain; empty when it asks something else. */
    static Optional<String> query(Prepared prepared) {
        if (prepared.kind() != StatementKind.METADATA) {
            return Optional.empty();
        }
        Matcher matcher = EXPLAIN.matcher(prepared.sql());
        return matcher.matches() ? Optional.of(matcher.group("query")) : Optional.empty();
    }

    static String onFlink(String reason, Answer flink) {
        return "== Lane ==\nflink: " + reason + "\n" + cut(flink) + "\n";
    }

    static String byKey(PointPlan plan, Answer flink) {
        return "== Lane ==\npoint: lookup by the primary key of " + plan.read().name()
                + ", once its files are ready for that; until then\n" + cut(flink) + "\n";
    }

    private static String cut(Answer flink) {
        return flink.cut().isEmpty() ? "" : "cut: " + flink.cut() + "\n";
    }

    static String natively(String details) {
        return "== Lane ==\nnative\n" + details + "\n";
    }

    @Override
    public String runId() {
        return flink.runId();
    }

    @Override
    public String cut() {
        return flink.cut();
    }

    @Override
    public Optional<AnsweredBy> answeredBy() {
        return Optional.empty();
    }

    @Override
    public StatementKind kind() {
        return flink.kind();
    }

    @Override
    public ResolvedSchema schema() {
        return flink.schema();
    }

    @Override
    public CloseableIterator<RowData> rows() {
        CloseableIterator<RowData> rows = flink.rows();
        return new CloseableIterator<>() {
            private boolean first = true;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public RowData next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                RowData row = rows.next();
                if (!first) {
                    return row;
                }
                first = false;
                return GenericRowData.of(StringData.fromString(lane + row.getString(0)));
            }

            @Override
            public void close() throws Exception {
                rows.close();
            }
        };
    }

    @Override
    public long affectedRows() {
        return flink.affectedRows();
    }

    @Override
    public void cancel() {
        flink.cancel();
    }

    @Override
    public void close() {
        flink.close();
    }
}
