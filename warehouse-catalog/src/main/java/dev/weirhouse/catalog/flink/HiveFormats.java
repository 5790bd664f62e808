package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.catalog.hive.util.Constants;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat;
import org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat;
import org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat;
import org.apache.hadoop.hive.ql.io.RCFileInputFormat;
import org.apache.hadoop.hive.ql.io.RCFileOutputFormat;
import org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat;
import org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat;
import org.apache.hadoop.hive.ql.io.orc.OrcInputFormat;
import org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat;
import org.apache.hadoop.hive.ql.io.orc.OrcSerde;
import org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat;
import org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat;
import org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe;
import org.apache.hadoop.hive.serde2.JsonSerDe;
import org.apache.hadoop.hive.serde2.OpenCSVSerde;
import org.apache.hadoop.hive.serde2.RegexSerDe;
import org.apache.hadoop.hive.serde2.avro.AvroSerDe;
import org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe;
import org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe;
import org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe;
import org.apache.hadoop.hive.serde2.lazybinary.LazyBinarySerDe;
import org.apache.hadoop.mapred.SequenceFileInputFormat;
import org.apache.hadoop.mapred.SequenceFileOutputFormat;
import org.apache.hadoop.mapred.TextInputFormat;

/**
 * The formats that a Hive table may have. A format is a Java class by name, and some read other files than the table's:
 * lists of paths, schemas behind URLs. Those named here keep to the table's own files.
 */
public final class HiveFormats {

    private static final Set<String> NAMES = Set.of(
            "TEXTFILE", "SEQUENCEFILE", "RCFILE", "ORC", "ORCFILE", "PARQUET", "PARQUETFILE", "AVRO", "AVROFILE");

    private static final Set<String> INPUTS = names(
            TextInputFormat.class,
            SequenceFileInputFormat.class,
            RCFileInputFormat.class,
            OrcInputFormat.class,
            MapredParquetInputFormat.class,
            AvroContainerInputFormat.class);

    private static final Set<String> OUTPUTS = names(
            IgnoreKeyTextOutputFormat.class,
            HiveIgnoreKeyTextOutputFormat.class,
            HiveSequenceFileOutputFormat.class,
            SequenceFileOutputFormat.class,
            RCFileOutputFormat.class,
            OrcOutputFormat.class,
            MapredParquetOutputFormat.class,
            AvroContainerOutputFormat.class);

    private static final Set<String> SERDES = names(
            LazySimpleSerDe.class,
            LazyBinarySerDe.class,
            LazyBinaryColumnarSerDe.class,
            ColumnarSerDe.class,
            OrcSerde.class,
            ParquetHiveSerDe.class,
            AvroSerDe.class,
            OpenCSVSerde.class,
            JsonSerDe.class,
            RegexSerDe.class);

    /** AvroSerDe opens this address with the server's rights, whatever its scheme. */
    private static final String SCHEMA_URL = "avro.schema.url";

    private HiveFormats() {}

    /**
     * Checks the options by which Hive's dialect gives a table its format.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED
     */
    static void check(Map<String, String> options) {
        options.forEach((key, value) -> {
            switch (key) {
                case Constants.STORED_AS_FILE_FORMAT -> check("file format", value.toUpperCase(Locale.ROOT), NAMES);
                case Constants.STORED_AS_INPUT_FORMAT -> check("input format", value, INPUTS);
                case Constants.STORED_AS_OUTPUT_FORMAT -> check("output format", value, OUTPUTS);
                case Constants.SERDE_LIB_CLASS_NAME -> check("SerDe", value, SERDES);
                default -> checkProperty(key);
            }
        });
    }

    /**
     * Checks a table that the metastore has, whoever made it.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED
     */
    public static void check(StorageDescriptor storage, Map<String, String> properties) {
        if (storage.getInputFormat() != null) {
            check("input format", storage.getInputFormat(), INPUTS);
        }
        if (storage.getSerdeInfo() != null) {
            if (storage.getSerdeInfo().getSerializationLib() != null) {
                check("SerDe", storage.getSerdeInfo().getSerializationLib(), SERDES);
            }
            if (storage.getSerdeInfo().getParameters() != null) {
                storage.getSerdeInfo().getParameters().keySet().forEach(HiveFormats::checkProperty);
            }
        }
        properties.keySet().forEach(HiveFormats::checkProperty);
    }

    private static void check(String what, String name, Set<String> allowed) {
        if (!allowed.contains(name)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "The " + what + " '" + name + "' is not one that a Hive table may have here. Allowed are "
                            + String.join(", ", allowed.stream().sorted().toList()) + ".");
        }
    }

    private static void checkProperty(String key) {
        if (key.toLowerCase(Locale.ROOT).endsWith(SCHEMA_URL)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "'" + SCHEMA_URL + "' makes the server read any address. Give the schema itself, as"
                            + " 'avro.schema.literal'.");
        }
    }

    private static Set<String> names(Class<?>... classes) {
        return java.util.Arrays.stream(classes).map(Class::getName).collect(java.util.stream.Collectors.toSet());
    }
}
