package dev.weirhouse.catalog.flink;

import static java.util.Map.entry;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/**
 * The procedures that keep to the tables they are given, with their arguments. Others run SQL of their own, or read and
 * write elsewhere.
 *
 * <p>Some take a table's options as one text; those pass the same checks as in CREATE TABLE. So that they can be seen
 * before the procedure runs, an argument is a literal and nothing that is computed.
 */
final class OpenProcedures {

    /** In Paimon's order, by which arguments without names are told apart. */
    private static final Map<String, List<String>> ARGUMENTS = Map.ofEntries(
            entry("alter_column_default_value", List.of("table", "column", "default_value")),
            entry("clear_consumers", List.of("table", "including_consumers", "excluding_consumers")),
            entry(
                    "compact",
                    List.of(
                            "table",
                            "partitions",
                            "order_strategy",
                            "order_by",
                            "options",
                            "where",
                            "partition_idle_time",
                            "compact_strategy")),
            entry("compact_manifest", List.of("table", "options")),
            entry("create_branch", List.of("table", "branch", "tag")),
            entry("create_tag", List.of("table", "tag", "snapshot_id", "time_retained")),
            entry("create_tag_from_timestamp", List.of("table", "tag", "timestamp", "time_retained")),
            entry("create_tag_from_watermark", List.of("table", "tag", "watermark", "time_retained")),
            entry("delete_branch", List.of("table", "branch")),
            entry("delete_tag", List.of("table", "tag")),
            entry("drop_partition", List.of()),
            entry(
                    "expire_changelogs",
                    List.of("table", "retain_max", "retain_min", "older_than", "max_deletes", "delete_all")),
            entry(
                    "expire_partitions",
                    List.of(
                            "table",
                            "expiration_time",
                            "timestamp_formatter",
                            "timestamp_pattern",
                            "expire_strategy",
                            "max_expires",
                            "options")),
            entry(
                    "expire_snapshots",
                    List.of("table", "retain_max", "retain_min", "older_than", "max_deletes", "options")),
            entry("expire_tags", List.of("table", "older_than")),
            entry("fast_forward", List.of("table", "branch")),
            entry("mark_partition_done", List.of("table", "partitions")),
            entry("purge_files", List.of("table")),
            entry("remove_orphan_files", List.of("table", "older_than", "dry_run", "parallelism", "mode")),
            entry("remove_unexisting_files", List.of("table", "dry_run", "parallelism")),
            entry("rename_tag", List.of("table", "tagName", "targetTagName")),
            entry("repair", List.of("table")),
            entry("replace_tag", List.of("table", "tag", "snapshot_id", "time_retained")),
            entry("rescale", List.of("table", "bucket_num", "partition", "scan_parallelism", "sink_parallelism")),
            entry("reset_consumer", List.of("table", "consumer_id", "next_snapshot_id")),
            entry("rewrite_file_index", List.of("table", "partitions")),
            entry("rollback_to", List.of("table", "tag", "snapshot_id")),
            entry("rollback_to_timestamp", List.of("table", "timestamp")),
            entry("rollback_to_watermark", List.of("table", "watermark")),
            entry("trigger_tag_automatic_creation", List.of("table")));

    private final ConnectorBounds connectors;

    OpenProcedures(ConnectorBounds connectors) {
        this.connectors = connectors;
    }

    /** The names of the arguments, in order, of each procedure that can be called. */
    static Map<String, List<String>> arguments() {
        return ARGUMENTS;
    }

    /**
     * Checks a call.
     *
     * @param procedure the procedure with its arguments, as CALL names them
     * @throws WarehouseException STATEMENT_NOT_ALLOWED, PATH_NOT_ALLOWED or SETTING_INVALID
     */
    void check(SqlCall procedure) {
        SqlIdentifier identifier = procedure.getOperator().getNameAsId();
        String name = identifier.names.get(identifier.names.size() - 1);
        List<String> names = ARGUMENTS.get(name.toLowerCase(Locale.ROOT));
        if (names == null) {
            throw notAllowed("The procedure '" + name + "' is not one of those that can be called: "
                    + String.join(", ", ARGUMENTS.keySet().stream().sorted().toList()) + ".");
        }
        List<SqlNode> operands = procedure.getOperandList();
        for (int i = 0; i < operands.size(); i++) {
            SqlNode operand = operands.get(i);
            if (operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
                SqlCall assignment = (SqlCall) operand;
                check(((SqlIdentifier) assignment.operand(1)).getSimple(), assignment.operand(0));
            } else {
                check(i < names.size() ? names.get(i) : "", operand);
            }
        }
    }

    private void check(String argument, SqlNode value) {
        String key = argument.toLowerCase(Locale.ROOT);
        boolean isOptions = key.endsWith("options");
        boolean isBounded = isOptions || key.endsWith("parallelism");
        if (value.getKind() == SqlKind.DYNAMIC_PARAM && !isBounded) {
            return;
        }
        if (isBounded ? !(value instanceof SqlLiteral || value.getKind() == SqlKind.DEFAULT) : !isLiteral(value)) {
            throw notAllowed(
                    "The argument '" + argument + "' of CALL is to be a literal, and '" + value + "' is none.");
        }
        if (isBounded && value instanceof SqlLiteral literal && literal.getValue() != null) {
            String text = literal.toValue();
            connectors.checkOptions(isOptions ? options(argument, text) : Map.of(key, text));
        }
    }

    /** {@code key=value,key=value}, as Paimon reads it. */
    private static Map<String, String> options(String argument, String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split(",", -1)) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                options.put(
                        option.substring(0, equals).strip(),
                        option.substring(equals + 1).strip());
            } else if (!option.isBlank()) {
                throw notAllowed("The argument '" + argument + "' holds '" + option.strip()
                        + "', which is no option: write key=value,key=value.");
            }
        }
        return options;
    }

    private static boolean isLiteral(SqlNode node) {
        if (node instanceof SqlNodeList list) {
            return list.getList().stream().allMatch(OpenProcedures::isLiteral);
        }
        return switch (node.getKind()) {
            case LITERAL, DEFAULT -> true;
            case CAST -> ((SqlCall) node).operand(0) instanceof SqlLiteral;
            case MINUS_PREFIX, PLUS_PREFIX, ARRAY_VALUE_CONSTRUCTOR ->
                ((SqlCall) node).getOperandList().stream().allMatch(OpenProcedures::isLiteral);
            default -> false;
        };
    }

    private static WarehouseException notAllowed(String detail) {
        return new WarehouseException(CatalogError.STATEMENT_NOT_ALLOWED, detail);
    }
}
