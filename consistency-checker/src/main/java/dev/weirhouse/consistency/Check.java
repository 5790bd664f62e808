package dev.weirhouse.consistency;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.CheckRule.ReturnsNothing;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A question about a table that somebody declared.
 *
 * @param table whose rows it is about; only a query may have none
 * @param consistency how the tables of one query are read
 * @param caller who declared it, and for whom it is run
 */
public record Check(
        String name,
        Optional<TableName> table,
        CheckRule rule,
        CheckTrigger trigger,
        Severity severity,
        Reading consistency,
        Caller caller,
        Instant declaredAt) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,127}");

    /** How the tables of a check are read. */
    public enum Reading {
        /** Each at its newest snapshot. */
        LATEST,
        /** All as of one boundary of the flow that they belong to. */
        STRONG
    }

    /** @throws WarehouseException CHECK_INVALID */
    public Check {
        requireNonNull(name, "name is null");
        requireNonNull(table, "table is null");
        requireNonNull(rule, "rule is null");
        requireNonNull(trigger, "trigger is null");
        requireNonNull(severity, "severity is null");
        requireNonNull(consistency, "consistency is null");
        requireNonNull(caller, "caller is null");
        requireNonNull(declaredAt, "declaredAt is null");
        if (!NAME.matcher(name).matches()) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID,
                    "'" + name
                            + "' is not a check's name: a letter, then up to 127 letters, digits, '_', '-' and '.'.");
        }
        if (table.isEmpty() && !(rule instanceof ReturnsNothing)) {
            throw new WarehouseException(CheckError.CHECK_INVALID, "A check of rows names their table.");
        }
        if (table.isEmpty() && trigger.kind() == CheckTrigger.Kind.COMMITS) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID, "A check that follows commits names the table that is committed to.");
        }
    }

    /** What it is about, in words. */
    public String subject() {
        return table.map(TableName::toString).orElseGet(rule::said);
    }
}
