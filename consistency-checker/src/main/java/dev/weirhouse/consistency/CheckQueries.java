package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.diff.ValueText;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapQuery;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.QueryEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;

/** Asks the queries of one check, in a session of its own in the OLAP lane, which computes each where it comes soonest. */
final class CheckQueries implements AutoCloseable {

    private final OlapGateway gateway;
    private final OlapSession session;
    private final Work work;

    private CheckQueries(OlapGateway gateway, OlapSession session, Work work) {
        this.gateway = gateway;
        this.session = session;
        this.work = work;
    }

    static CheckQueries open(
            OlapGateway gateway, Caller caller, Optional<String> database, Map<String, String> settings, Work work) {
        OlapSession session = gateway.open(caller, database, settings);
        session.claim();
        return new CheckQueries(gateway, session, work);
    }

    /**
     * What a query has answered.
     *
     * @param cut what it rests on
     * @param by what computed it
     * @param rows the first ones, their values as texts, null for NULL
     * @param read how many rows were read
     * @param more whether there are more rows than were asked for
     */
    record Answered(
            String cut,
            Optional<AnsweredBy> by,
            ResolvedSchema schema,
            List<List<String>> rows,
            int read,
            boolean more) {

        /** The only value, a number; 0 for NULL. */
        long number() {
            String text = rows.get(0).get(0);
            return text == null ? 0 : Long.parseLong(text);
        }
    }

    /** A query that is validated and not run. */
    Prepared prepare(String sql) {
        Prepared prepared = session.check(sql);
        if (prepared.kind() != StatementKind.QUERY) {
            throw new WarehouseException(CheckError.CHECK_INVALID, "A check asks a query, and changes nothing.");
        }
        return prepared;
    }

    /** The columns of a table. */
    ResolvedSchema schema(TableName table) {
        return session.metadata().schema(table);
    }

    /**
     * Asks, and keeps all rows that are read.
     *
     * @param most how many rows are read
     */
    Answered ask(String sql, int most) {
        return ask(sql, most, most);
    }

    /**
     * Asks.
     *
     * @param most how many rows are read
     * @param kept how many of them are kept
     */
    Answered ask(String sql, int most, int kept) {
        work.goOn();
        try (OlapQuery query = session.announce(prepare(sql), List.of())) {
            work.cancelling(() -> query.end(QueryEnd.CANCELLED));
            Answer answer = query.start();
            List<LogicalType> types = answer.schema().getColumnDataTypes().stream()
                    .map(DataType::getLogicalType)
                    .toList();
            List<List<String>> rows = new ArrayList<>();
            int read = 0;
            boolean more;
            try (CloseableIterator<RowData> all = answer.rows()) {
                while (read < most && all.hasNext()) {
                    RowData row = all.next();
                    if (read++ < kept) {
                        rows.add(ValueText.of(row, types));
                    }
                }
                more = read == most && all.hasNext();
            }
            return new Answered(answer.cut(), answer.answeredBy(), answer.schema(), rows, read, more);
        } catch (RuntimeException e) {
            throw work.ended().isPresent() ? work.ended().get() : e;
        } catch (Exception e) {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "The answer cannot be read: " + e, e);
        } finally {
            work.cancelling(() -> {});
        }
    }

    /** Has all further queries read the cut of an answer, which has to be that of all their tables. */
    void fix(String cut) {
        session.set(Cut.SETTING, cut);
    }

    void set(String key, String value) {
        session.set(key, value);
    }

    @Override
    public void close() {
        gateway.close(session);
    }
}
