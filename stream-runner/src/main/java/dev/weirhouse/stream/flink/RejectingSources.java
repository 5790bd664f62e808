package dev.weirhouse.stream.flink;

import dev.weirhouse.catalog.JobPlan;
import dev.weirhouse.catalog.JobPlan.TemporaryTable;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.stream.format.LinesFormatFactory;
import dev.weirhouse.stream.format.RejectingFormat;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.types.DataType;

/**
 * Makes a job's sources survive records that cannot be read.
 *
 * <p>A temporary table {@code src} becomes a table {@code src__weir_raw}, whose format turns such a record into a row with
 * its text and the reason, and a view {@code src} of the rows without a reason. The rows with one go to {@code
 * <target>__rejected}, beside each table that the job writes from the source.
 */
final class RejectingSources {

    /** What a target's name is followed by. */
    static final String SUFFIX = "__rejected";

    private static final String RAW_SUFFIX = "__weir_raw";

    private final Map<ObjectIdentifier, ObjectIdentifier> sourceByRaw = new HashMap<>();

    /** Puts the pair in the place of a source; a table that has no records of its own stays as it is. */
    TemporaryTable rewrite(TemporaryTable source) {
        CatalogTable definition = source.definition();
        Optional<Map<String, String>> options =
                RejectingFormat.wrap(definition.getOptions(), RejectingSources.class.getClassLoader());
        Schema declared = definition.getUnresolvedSchema();
        // A source with a key is a log of changes: what cannot be read may be the end of a row that was read before.
        if (options.isEmpty() || declared.getPrimaryKey().isPresent()) {
            return failing(source);
        }
        ObjectIdentifier name = source.identifier();
        ObjectIdentifier raw =
                ObjectIdentifier.of(name.getCatalogName(), name.getDatabaseName(), name.getObjectName() + RAW_SUFFIX);
        sourceByRaw.put(raw, name);
        CatalogTable rawDefinition = CatalogTable.newBuilder()
                .schema(withErrorColumns(declared))
                .comment(definition.getComment())
                .partitionKeys(definition.getPartitionKeys())
                .options(options.get())
                .build();
        String columns = declared.getColumns().stream()
                .map(column -> quoted(column.getName()))
                .collect(Collectors.joining(", "));
        String view = "CREATE TEMPORARY VIEW " + name.asSerializableString() + " AS SELECT " + columns + " FROM "
                + raw.asSerializableString() + " WHERE " + quoted(RejectingFormat.ERROR_COLUMN) + " IS NULL";
        return new TemporaryTable(raw, rawDefinition, view);
    }

    /** The source as it is, whose job fails at a record that cannot be read; a restart within a file loses no count. */
    static TemporaryTable failing(TemporaryTable source) {
        return LinesFormatFactory.wrap(source.definition().getOptions(), RejectingSources.class.getClassLoader())
                .map(options -> new TemporaryTable(
                        source.identifier(), source.definition().copy(options), source.view()))
                .orElse(source);
    }

    /** The tables that rejected records of the writes go to. */
    Set<TableName> tables(List<JobPlan.Write> writes) {
        return writes.stream()
                .filter(write -> write.temporarySources().stream().anyMatch(sourceByRaw::containsKey))
                .map(write -> rejected(write.target()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What makes such a table. */
    static String create(TableName table) {
        return "CREATE TABLE IF NOT EXISTS " + quoted(table.database()) + "." + quoted(table.table())
                + " (rejected_at TIMESTAMP_LTZ(3), job STRING, `source` STRING, record STRING, reason STRING)"
                + " COMMENT 'Records that could not be read, with the reason.'";
    }

    /** The further writes of the job, one for each pair of target and source. */
    Set<String> inserts(List<JobPlan.Write> writes, String job) {
        Set<String> inserts = new LinkedHashSet<>();
        for (JobPlan.Write write : writes) {
            for (ObjectIdentifier raw : write.temporarySources()) {
                ObjectIdentifier source = sourceByRaw.get(raw);
                if (source != null) {
                    TableName target = rejected(write.target());
                    inserts.add("INSERT INTO " + quoted(target.database()) + "." + quoted(target.table())
                            + " SELECT CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)), " + literal(job) + ", "
                            + literal(source.getObjectName()) + ", " + quoted(RejectingFormat.RAW_COLUMN) + ", "
                            + quoted(RejectingFormat.ERROR_COLUMN) + " FROM " + raw.asSerializableString() + " WHERE "
                            + quoted(RejectingFormat.ERROR_COLUMN) + " IS NOT NULL");
                }
            }
        }
        return inserts;
    }

    private static Schema withErrorColumns(Schema declared) {
        Set<String> rowtimes = declared.getWatermarkSpecs().stream()
                .map(Schema.UnresolvedWatermarkSpec::getColumnName)
                .collect(Collectors.toSet());
        Schema.Builder schema = Schema.newBuilder();
        for (Schema.UnresolvedColumn column : declared.getColumns()) {
            if (column instanceof Schema.UnresolvedPhysicalColumn physical
                    && rowtimes.contains(column.getName())
                    && physical.getDataType() instanceof DataType type) {
                // A row without event time ends a job: such a record is one that cannot be read.
                schema.column(column.getName(), type.notNull());
            } else {
                schema.fromColumns(List.of(column));
            }
        }
        declared.getWatermarkSpecs()
                .forEach(spec -> schema.watermark(spec.getColumnName(), spec.getWatermarkExpression()));
        return schema.column(RejectingFormat.RAW_COLUMN, DataTypes.STRING())
                .column(RejectingFormat.ERROR_COLUMN, DataTypes.STRING())
                .build();
    }

    private static TableName rejected(ObjectIdentifier target) {
        return new TableName(target.getDatabaseName(), target.getObjectName() + SUFFIX);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
