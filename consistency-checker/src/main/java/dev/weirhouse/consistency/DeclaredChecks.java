package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Consistency;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.TableChange;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.CheckQueries.Answered;
import dev.weirhouse.consistency.CheckRule.Fresh;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import dev.weirhouse.consistency.CheckRule.References;
import dev.weirhouse.consistency.CheckRule.ReturnsNothing;
import dev.weirhouse.consistency.CheckRule.RowsWithin;
import dev.weirhouse.consistency.CheckRule.Unique;
import dev.weirhouse.consistency.Finding.Place;
import dev.weirhouse.olap.OlapGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Finds whether what a declared check asks for is so. Thread-safe. */
final class DeclaredChecks {

    /** How many rows that break a rule are kept as evidence. */
    private static final int SAMPLES = 10;

    /** So many rows of a query that should answer none are counted. */
    private static final int MOST_ROWS = 1_000;

    /** The median of so many counts is what a number of rows is compared with. */
    private static final int HISTORY = 10;

    private static final Set<LogicalTypeRoot> TIMES = Set.of(
            LogicalTypeRoot.DATE,
            LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
            LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);

    private final Warehouse warehouse;
    private final OlapGateway gateway;
    private final CheckStore store;

    DeclaredChecks(Warehouse warehouse, OlapGateway gateway, CheckStore store) {
        this.warehouse = warehouse;
        this.gateway = gateway;
        this.store = store;
    }

    /**
     * Validates what a check will ask.
     *
     * @throws WarehouseException a USER error
     */
    void validate(Check check, Work work) {
        try (CheckQueries queries = open(check, work)) {
            if (check.rule() instanceof ReturnsNothing rule) {
                check.table().ifPresent(queries::schema);
                queries.prepare(rule.sql());
                return;
            }
            TableName table = check.table().orElseThrow();
            queries.schema(table);
            if (check.rule() instanceof Fresh rule && rule.column().isPresent()) {
                checkTime(type(queries, table, rule.column().get()));
            } else if (check.rule() instanceof Fresh || check.trigger().kind() == CheckTrigger.Kind.COMMITS) {
                if (!warehouse.isPaimon(table)) {
                    throw new WarehouseException(
                            CheckError.CHECK_INVALID, table + " is no Paimon table, and so has no commits.");
                }
            }
            sql(check.rule(), table, queries).ifPresent(sql -> {
                queries.prepare(sql.count());
                queries.prepare(sql.samples());
            });
        }
    }

    /** Runs a check. */
    Finding run(Check check, Work work) {
        try (CheckQueries queries = open(check, work)) {
            Finding found = find(check, queries);
            return check.table().isPresent()
                    ? found.at(place(check.table().get(), found).or(found::place))
                    : found;
        }
    }

    private Finding find(Check check, CheckQueries queries) {
        if (check.rule() instanceof ReturnsNothing rule) {
            return returnsNothing(rule, queries);
        }
        TableName table = check.table().orElseThrow();
        if (check.rule() instanceof Fresh rule) {
            return rule.column().isPresent()
                    ? freshColumn(table, rule, rule.column().get(), queries)
                    : freshCommit(table, rule);
        } else if (check.rule() instanceof RowsWithin rule) {
            return rowsWithin(check, table, rule, queries);
        }
        RuleSql sql = sql(check.rule(), table, queries).orElseThrow();
        Answered count = queries.ask(sql.count(), 1);
        if (count.number() == 0) {
            return Finding.of(0, count.cut(), "It holds.", Optional.empty());
        }
        List<Cut.Place> places = places(count.cut());
        // What is no Paimon table, or has no snapshot yet, is at no cut.
        if (!places.isEmpty()
                && places.stream().allMatch(place -> place.snapshot().isPresent())) {
            queries.fix(count.cut());
        }
        String what = check.rule() instanceof Unique ? " keys are there more than once." : " rows break it.";
        return Finding.of(
                count.number(),
                count.cut(),
                count.number() + what,
                Optional.of(Evidence.json(
                        Evidence.of(sql.samples(), queries.ask(sql.samples() + " LIMIT " + SAMPLES, SAMPLES)))));
    }

    private CheckQueries open(Check check, Work work) {
        Caller declarer = check.caller();
        CheckQueries queries = CheckQueries.open(
                gateway,
                new Caller(declarer.principal(), "check " + check.name(), declarer.tags(), Door.INTERNAL),
                check.table().map(TableName::database),
                Map.of(),
                work);
        if (check.consistency() == Reading.STRONG) {
            queries.set(Consistency.SETTING, "strong");
        }
        return queries;
    }

    private static Optional<RuleSql> sql(CheckRule rule, TableName table, CheckQueries queries) {
        if (rule instanceof NotNull one) {
            return Optional.of(RuleSql.of(table, one));
        } else if (rule instanceof Unique one) {
            return Optional.of(RuleSql.of(table, one));
        } else if (rule instanceof References one) {
            return Optional.of(RuleSql.of(table, one));
        } else if (rule instanceof InRange one) {
            return Optional.of(RuleSql.of(table, one, type(queries, table, one.column())));
        }
        return Optional.empty();
    }

    private static LogicalType type(CheckQueries queries, TableName table, String column) {
        return queries.schema(table)
                .getColumn(column)
                .orElseThrow(() -> new WarehouseException(
                        CatalogError.COLUMN_NOT_FOUND, "The table " + table + " has no column '" + column + "'."))
                .getDataType()
                .getLogicalType();
    }

    private static Finding returnsNothing(ReturnsNothing rule, CheckQueries queries) {
        Answered answered = queries.ask(rule.sql(), MOST_ROWS, SAMPLES);
        int rows = answered.read();
        if (rows == 0) {
            return Finding.of(0, answered.cut(), "It answers nothing.", Optional.empty());
        }
        return Finding.of(
                rows,
                answered.cut(),
                "It answers " + (answered.more() ? "more than " : "") + rows + (rows == 1 ? " row." : " rows."),
                Optional.of(Evidence.json(Evidence.of(rule.sql(), answered))));
    }

    private Finding freshCommit(TableName table, Fresh rule) {
        if (!warehouse.isPaimon(table)) {
            throw new WarehouseException(CatalogError.TABLE_NOT_FOUND, "There is no Paimon table " + table + ".");
        }
        Optional<TableChange> newest = warehouse.newestChange(table);
        String cut = newest.map(change -> table + "=" + change.version() + "@" + change.snapshot())
                .orElse(table + "=" + warehouse.version(table));
        return fresh(rule, newest.map(TableChange::committedAt), cut, "The newest change of " + table);
    }

    private Finding freshColumn(TableName table, Fresh rule, String column, CheckQueries queries) {
        LogicalType type = type(queries, table, column);
        checkTime(type);
        Answered answered = queries.ask(RuleSql.greatest(table, column), 1);
        Optional<Instant> newest =
                Optional.ofNullable(answered.rows().get(0).get(0)).map(text -> instant(text, type));
        return fresh(rule, newest, answered.cut(), "The greatest " + column + " of " + table);
    }

    private static void checkTime(LogicalType type) {
        if (!TIMES.contains(type.getTypeRoot())) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID,
                    "What is fresh is told by a DATE or TIMESTAMP, and not by " + type.asSummaryString() + ".");
        }
    }

    /** Times without a zone are taken for UTC. */
    private static Instant instant(String text, LogicalType type) {
        return type.getTypeRoot() == LogicalTypeRoot.DATE
                ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                : LocalDateTime.parse(text.replace("Z", "").replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }

    private Finding fresh(Fresh rule, Optional<Instant> newest, String cut, String what) {
        if (newest.isEmpty()) {
            return Finding.of(1, cut, what + " is not there: the table has no rows.", Optional.empty());
        }
        Duration age = Duration.between(newest.get(), warehouse.clock().instant());
        boolean stale = age.compareTo(rule.within()) > 0;
        return Finding.of(
                        stale ? 1 : 0,
                        cut,
                        what + " is of " + newest.get() + ", " + age.toMillis() + " ms ago; it may be "
                                + rule.within().toMillis() + " ms.",
                        Optional.empty())
                .measuring(age.toMillis());
    }

    private Finding rowsWithin(Check check, TableName table, RowsWithin rule, CheckQueries queries) {
        Answered answered = queries.ask(RuleSql.rows(table), 1);
        long rows = answered.number();
        List<Long> before = store.measures(check.name(), answered.cut(), HISTORY).stream()
                .sorted()
                .toList();
        if (before.isEmpty()) {
            return Finding.of(
                            0, answered.cut(), rows + " rows; there is no count to compare with yet.", Optional.empty())
                    .measuring(rows);
        }
        long median = before.get(before.size() / 2);
        // Of nothing, anything is a deviation.
        boolean deviates = Math.abs(rows - median) * 100.0 > (double) rule.percent() * median;
        return Finding.of(
                        deviates ? 1 : 0,
                        answered.cut(),
                        rows + " rows; the median of the latest " + before.size() + " counts is " + median
                                + ", from which it may differ by " + rule.percent() + "%.",
                        Optional.empty())
                .measuring(rows);
    }

    private static List<Cut.Place> places(String cut) {
        return Cut.parse("The cut", cut, Optional.empty()).places();
    }

    private Optional<Place> place(TableName table, Finding found) {
        return places(found.cut()).stream()
                .filter(place -> place.table().equals(table) && place.snapshot().isPresent())
                .findFirst()
                .map(place -> {
                    String version = place.version().orElseGet(() -> warehouse.version(table));
                    long snapshot = place.snapshot().getAsLong();
                    return new Place(
                            version,
                            snapshot,
                            warehouse
                                    .commits()
                                    .snapshot(version, snapshot)
                                    .map(stored -> OptionalLong.of(stored.committedAt()))
                                    .orElse(OptionalLong.empty()));
                });
    }
}
